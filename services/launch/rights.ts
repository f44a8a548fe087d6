import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isIP } from "node:net";
import { PROBED } from "@/services/shared/process/connection_limits.ts";
import { inUrl, urlOf } from "@/services/shared/process/listen.ts";
import { SECRETS } from "@/services/settings/secrets.ts";
import type { Settings } from "@/services/settings/settings.ts";
import { ENV_FILE, readArguments } from "./arguments.ts";
import type { Program } from "./programs.ts";

/** The permissions of a process: files and folders to read and write, and hosts (`host:port`, `*.domain:port`) to connect to. */
type Rights = { read: string[]; write: string[]; net: string[] };

const MYSQL_PORT = "3306";
/** The settings that name files. */
const FILES = [
  ...SECRETS.map((name) => `${name}_FILE` as const),
  ...(["KAFKA", "MYSQL"] as const).flatMap((server) =>
    (["CA", "CERT", "KEY"] as const).map((kind) => `${server}_${kind}_FILE` as const)
  ),
  "TREND_BLOCK_LIST",
] as const;

/** Returns the permissions that a program needs with its settings and arguments: the project, DATA_DIR, named files and hosts. */
export function rightsOf(program: Program, settings: Settings, args: readonly string[], project: string): Rights {
  const named = FILES.flatMap((name) => settings[name] ?? []);
  const { valuesOf, positionals } = readArguments(args, [ENV_FILE, ...program.outputs ?? []]);
  const data = [settings.DATA_DIR];
  // A file is first written as `.part`, then renamed.
  const withPart = (file: string) => [file, `${file}.part`];
  const written = [
    ...(program.outputs ?? []).flatMap(valuesOf),
    ...(program.files === "writes" ? positionals : []),
  ].flatMap(withPart);
  const read = program.files === "reads" ? positionals : [];
  return {
    read: [project, ...data, PROBED, ...named, ...valuesOf(ENV_FILE), ...read, ...written].flatMap(pathsOf),
    write: [...data, ...written].flatMap(pathsOf),
    net: [...new Set([...listening(program, settings), ...asked(program, settings), ...servers(settings)])],
  };
}

/** Returns Deno's flags for these permissions. */
export const flagsOf = ({ read, write, net }: Rights): string[] =>
  Object.entries({ read, write, net }).filter(([, items]) => items.length > 0).map(([name, items]) =>
    `--allow-${name}=${items.join(",")}`
  );

/** Returns a path as Deno compares it: absolute, and with links resolved when it exists. */
function pathsOf(path: string): string[] {
  let absolute = resolve(path);
  // A permission flag cannot contain a comma, so the parent folder is granted.
  while (absolute.includes(",")) absolute = dirname(absolute);
  return [...new Set([absolute, followed(absolute)])];
}

function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(followed(parent), path.slice(parent.length).replace(/^\//, ""));
  }
}

/** Returns the addresses to listen on. Port 0, a free one, needs all ports of the host. */
const listening = ({ ports = [] }: Program, settings: Settings): string[] =>
  ports.map((name) => settings[name] === 0 ? inUrl(settings.HOST) : `${inUrl(settings.HOST)}:${settings[name]}`);

function asked({ asksServices, asksWeb }: Program, settings: Settings): string[] {
  const { HOST, WEB_PORT, TREND_PORT, RECOMMENDATION_PORT, WEB_URL, TREND_URL, RECOMMENDATION_URL } = settings;
  const web = asksWeb ? [WEB_URL ?? urlOf(HOST, WEB_PORT)] : [];
  const services = asksServices
    ? [TREND_URL ?? urlOf(HOST, TREND_PORT), RECOMMENDATION_URL ?? urlOf(HOST, RECOMMENDATION_PORT)]
    : [];
  return [...web, ...services].map((text) => {
    const url = new URL(text);
    return `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
  });
}

function servers({ KAFKA_BROKERS, KAFKA_ADVERTISED, MYSQL_URL }: Settings): string[] {
  const brokers = (KAFKA_BROKERS?.split(",") ?? []).flatMap((broker) => [broker, ...siblings(broker)]);
  if (MYSQL_URL === undefined) return [...brokers, ...KAFKA_ADVERTISED];
  const { hostname, port } = new URL(MYSQL_URL);
  return [...brokers, ...KAFKA_ADVERTISED, `${hostname}:${port || MYSQL_PORT}`];
}

/** Returns the other hosts of a broker's domain, as brokers advertise their own addresses, mostly there and at the same port. */
function siblings(broker: string): string[] {
  const [host, port] = [broker.slice(0, broker.lastIndexOf(":")), broker.slice(broker.lastIndexOf(":") + 1)];
  const labels = host.split(".");
  return isIP(host) !== 0 || labels.length < 3 ? [] : [`*.${labels.slice(1).join(".")}:${port}`];
}
