import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { z } from "zod";
import { READERS_PER_CLIENT } from "@/application/activity/crowd.ts";
import { MAX_OUTBOX_ROWS } from "@/application/messaging/outbox/backlog.ts";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import { RETENTION, type Retention } from "@/services/retention.ts";
import { CAPACITY } from "@/adapters/http/base/limits/capacity.ts";
import { CLIENT_STREAMS_MOST } from "@/adapters/http/base/limits/limit_streams.ts";
import { hostName, isHost } from "@/adapters/http/base/security/host.ts";
import { STREAMS_MOST } from "@/application/trend/lists/trend_feed.ts";
import { createNetworks } from "@/adapters/http/base/limits/networks.ts";
import { halfSet } from "./half_set.ts";
import { doubleSecretFaults, quoted, SECRETS, withoutSecrets } from "./secrets.ts";
import { areTokens } from "./tokens.ts";
import { wantedOf } from "@/application/shared/validation/wanted.ts";
import { linesWithoutName, unknownInEnvironment, unknownInFile } from "./unknown_names.ts";
import { LEVELS } from "@/adapters/system/logger.ts";
import { fileFault } from "@/application/shared/text/file_fault.ts";

/** Splits a text into its non-empty entries. */
const entriesOf = (between: string) => (text: string): string[] =>
  text.split(between).map((entry) => entry.trim()).filter((entry) => entry !== "");

const port = (standard: number) => z.coerce.number().int().min(0).max(65535).default(standard);
const url = z.url({ protocol: /^https?$/, error: "wanted http://host:port or https://host:port", abort: true }).refine(
  isPlain,
  "wanted a URL without user, ? and #",
).optional();
const brokers = z.string().regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, "wanted host:port,host:port");
const advertised = z.string().default("").transform(entriesOf(",")).refine(
  (items) => items.every((item) => /^(\*\.)?[^\s:*]+:\d+$/.test(item)),
  "wanted host:port or *.domain:port, with commas between",
);
const file = z.string().min(1).optional();
const days = (kind: keyof Retention, least = 1) =>
  z.coerce.number().int().min(least).max(36_500).default(RETENTION[kind]);
const onOff = z.enum(["on", "off"]);

/** Comma-separated addresses and networks. */
const networks = z.string().default("").transform(entriesOf(",")).refine((items) => {
  try {
    return createNetworks(items) !== undefined;
  } catch {
    return false;
  }
}, "wanted IP addresses or networks such as 10.0.0.0/8, with commas between");

/** Returns whether a URL has no login, query or hash, which would be lost when a path is appended. */
function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username + password + search + hash === "";
}
const hosts = z.string().toLowerCase().default("").transform(entriesOf(",")).refine(
  (names) => names.every((name) => isHost(name) && hostName(name) === name),
  "wanted names without ports",
);
const rate = (standard: number) => z.coerce.number().min(0).max(1_000_000).default(standard);
const burst = (standard: number) => z.coerce.number().int().min(1).max(1_000_000).default(standard);

/** Every setting of the suite, by its environment variable. */
export const settingsSchema = z.object({
  HOST: z.string().regex(/^[\w.:%-]+$/, "wanted an IP address or the name of one").default("127.0.0.1").describe(
    "Address that the services listen on",
  ),
  WEB_PORT: port(8000).describe("Port of the web service; 0 takes a free one"),
  TREND_PORT: port(8001).describe("Port of the trend service"),
  RECOMMENDATION_PORT: port(8002).describe("Port of the recommendation service"),
  DATA_DIR: z.string().min(1).default("./data").describe(
    "Folder of the embedded stores, shared by the processes of one machine",
  ),
  KAFKA_BROKERS: brokers.optional().describe("Kafka brokers as host:port,…; if set, the event log is on Kafka"),
  KAFKA_ADVERTISED: advertised.describe(
    "Further addresses that the brokers advertise, as host:port,… or *.domain:port",
  ),
  KAFKA_PARTITIONS: z.coerce.number().int().min(1).max(1000).default(6).describe(
    "Partitions of topics that the suite makes; existing topics stay as they are",
  ),
  KAFKA_REPLICAS: z.coerce.number().int().min(1).max(100).optional().describe(
    "Replicas of topics that the suite makes; by default as the broker says",
  ),
  KAFKA_TLS: onOff.default("off").describe("on: connect to the brokers over TLS"),
  KAFKA_CA_FILE: file.describe(
    "Certificate (PEM) of the authority that signed the brokers' certificates, unless it is a public one",
  ),
  KAFKA_CERT_FILE: file.describe("Client certificate (PEM), if the brokers ask for one"),
  KAFKA_KEY_FILE: file.describe("The key of KAFKA_CERT_FILE (PEM), without a passphrase"),
  KAFKA_SASL: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).optional().describe(
    "Login at the brokers: plain, scram-sha-256 or scram-sha-512",
  ),
  KAFKA_PLAIN_WITHOUT_TLS: onOff.default("off").describe(
    "on: KAFKA_SASL=plain may send the password without TLS",
  ),
  KAFKA_USERNAME: z.string().min(1).optional().describe("User of KAFKA_SASL"),
  KAFKA_PASSWORD: z.string().min(1).optional().describe("Password of that user"),
  KAFKA_PASSWORD_FILE: file.describe("File that holds KAFKA_PASSWORD"),
  KAFKA_PREFIX: z.string().regex(/^[\w.-]{0,40}$/, "wanted up to 40 letters, digits, _, . or -").default("").describe(
    "Prefix of topics and groups, for several suites on one cluster",
  ),
  MYSQL_URL: z.url({ protocol: /^mysql$/, error: "wanted mysql://user[:password]@host:3306" }).optional().describe(
    "MySQL or MariaDB as mysql://user[:password]@host:3306; if set, the data is there",
  ),
  MYSQL_URL_FILE: file.describe("File that holds MYSQL_URL"),
  MYSQL_TLS: onOff.default("off").describe("on: connect to the server over TLS"),
  MYSQL_CA_FILE: file.describe(
    "Certificate (PEM) of the authority that signed the server's certificate, unless it is a public one",
  ),
  MYSQL_CERT_FILE: file.describe("Client certificate (PEM), if the server asks for one"),
  MYSQL_KEY_FILE: file.describe("The key of MYSQL_CERT_FILE (PEM), without a passphrase"),
  MYSQL_PREFIX: z.string().regex(/^[a-z0-9_]{0,40}$/, "wanted up to 40 of a-z, 0-9 and _").default("bookstream_")
    .describe(
      "Prefix of the databases web, trend and recommendation",
    ),
  TRUSTED_PROXIES: networks.describe(
    "Addresses and networks (10.0.0.0/8) of proxies whose Forwarded or X-Forwarded-For is believed",
  ),
  CONNECTIONS_MOST: z.coerce.number().int().min(1).max(1_000_000).default(2_048).describe(
    "Most HTTP connections of a service; fewer if the process may not open so many files",
  ),
  CLIENT_CONNECTIONS_MOST: z.coerce.number().int().min(1).max(1_000_000).default(256).describe(
    "Most HTTP connections of one client address; a trusted proxy may have more",
  ),
  CLIENT_STREAMS_MOST: z.coerce.number().int().min(1).max(100_000).default(CLIENT_STREAMS_MOST).describe(
    "Most live streams of trends of one client address",
  ),
  ALLOWED_HOSTS: hosts.describe("Host names that are served, with commas between; all if it is empty"),
  REQUESTS_MOST: z.coerce.number().int().min(1).max(10_000).default(CAPACITY.atWork).describe(
    "Most requests that a service works on at the same time",
  ),
  REQUESTS_WAITING_MOST: z.coerce.number().int().min(0).max(100_000).default(CAPACITY.waiting).describe(
    "Most requests that wait for their turn; others are answered 503",
  ),
  REQUESTS_WAITING_MS: z.coerce.number().int().min(1).max(60_000).default(CAPACITY.longestWaitMs).describe(
    "Milliseconds that a request may wait for its turn, before it is answered 503",
  ),
  BODIES_MOST_MB: z.coerce.number().int().min(1).max(10_000).default(CAPACITY.bodyBytes / 2 ** 20).describe(
    "Most megabytes of memory for the bodies of all requests",
  ),
  CLIENT_RATE: rate(50).describe("Requests a second of one client address; 0: no limit"),
  CLIENT_BURST: burst(500).describe("Requests that a client address may send at once after a quiet time"),
  TOKEN_RATE: rate(1_000).describe("Requests a second of all that use READERS_TOKEN; 0: no limit"),
  TOKEN_BURST: burst(5_000).describe("Requests that they may send at once after a quiet time"),
  READER_RATE: rate(20).describe("Requests a second of one reader; 0: no limit"),
  READER_BURST: burst(200).describe("Requests that a reader may send at once after a quiet time"),
  WEB_URL: url.describe("Address of web, as http://host:port, if it runs elsewhere"),
  TREND_URL: url.describe("Address of trend, as http://host:port, if it runs elsewhere"),
  RECOMMENDATION_URL: url.describe("Address of recommendation, as http://host:port, if it runs elsewhere"),
  ROLE: z.enum(["all", "api", "consumer", "relay"]).default("all").describe(
    "What a process does: all, api, consumer or relay",
  ),
  ADMIN_TOKEN: z.string().refine(areTokens, "wanted 16 or more ASCII characters without spaces").optional()
    .describe(
      "Token for operators, 16 characters or more; the first start makes one if none is set",
    ),
  ADMIN_TOKEN_FILE: file.describe("File that holds ADMIN_TOKEN"),
  READERS_TOKEN: z.string().refine(areTokens, "wanted 16 or more ASCII characters without spaces").optional().describe(
    "Token for a system that has readers of its own: events, lists and recommendations",
  ),
  READERS_TOKEN_FILE: file.describe("File that holds READERS_TOKEN"),
  READERS_PER_CLIENT: z.coerce.number().int().min(1).max(100_000).default(READERS_PER_CLIENT).describe(
    "Readers of one client address that trends count each day; all others of it count as one anonymous reader",
  ),
  SAMPLE_CATALOGUE: onOff.default("on").describe("on: `start` loads sample books into an empty catalogue"),
  LOG_DAYS: days("log").describe(
    "Days that messages are kept, in topics that the suite makes; in the embedded log after every group has read them",
  ),
  LOG_MOST_DAYS: days("logMost").describe(
    "Days after which the embedded log removes messages that a group has not read; that group halts",
  ),
  VOTE_DAYS: days("votes", 7).describe("Days that single votes are kept; counts of books stay"),
  COMMAND_ID_DAYS: days("commands").describe(
    "Days that ids of commands from topics are kept, to recognise repetitions",
  ),
  LETTER_DAYS: days("deadLetters").describe("Days that dead letters are kept after they are replayed or discarded"),
  OUTBOX_MOST: z.coerce.number().int().min(1_000).default(MAX_OUTBOX_ROWS).describe(
    "Most events that may wait for the event log; then writes are answered 503",
  ),
  TREND_MIN_READERS: z.coerce.number().int().min(1).default(3).describe(
    "Readers, at as many client addresses, that a trend needs to be shown",
  ),
  TREND_STREAMS_MOST: z.coerce.number().int().min(0).max(100_000).default(STREAMS_MOST).describe(
    "Most clients of /v1/trends/stream at the same time",
  ),
  TREND_BLOCKED: z.string().default("").transform(entriesOf(",")).describe(
    "Words, phrases and /patterns/ with commas between; queries with them are not shown in trends",
  ),
  TREND_BLOCK_LIST: file.describe(
    "File of such words, phrases and patterns, one a line; it replaces services/trend/blocked_words.txt",
  ),
  DEMO: onOff.optional().describe(
    "on: one reader is enough for a trend; by default only for `start` on loopback with sample books alone",
  ),
  LOG_LEVEL: z.enum(LEVELS).default("warn").describe("error, warn, info or debug"),
});
const NAMES = Object.keys(settingsSchema.shape);
export type Settings = z.output<typeof settingsSchema>;

/** Returns the environment. Without full permission it has only the settings, and names with some of their prefixes. */
export function environment(): Record<string, string> {
  try {
    return Deno.env.toObject();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    return Object.fromEntries(NAMES.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }));
  }
}

/** A fault that the user can fix. Only its message is shown, without a stack trace. */
export class StartFault extends Error {
  override name = "StartFault";
}

/** Reads the settings from the environment and the file of `--env-file`. The environment wins. Throws a StartFault with all faults. */
export function readSettings(environment: Record<string, string>, args: string[]): Settings {
  const file = envFile(args);
  const text = file === undefined ? "" : readText(file, "--env-file");
  const given = parseEnv(text) as Record<string, string>;
  const inFile = knownOf(given);
  const inEnvironment = knownOf(environment);
  const known: Record<string, string> = { ...withoutSecrets(inFile, inEnvironment), ...inEnvironment };
  const twice = doubleSecretFaults(known);
  const secretFiles = new Map<string, string>();
  for (const name of SECRETS) {
    const path = known[`${name}_FILE`];
    if (path === undefined || known[name] !== undefined) continue;
    known[name] = readText(path, `${name}_FILE`).trim();
    secretFiles.set(name, path);
  }
  const withFile = (fault: string) => {
    const [name = ""] = /^\w+/.exec(fault) ?? [];
    const place = secretFiles.get(name) ?? (name in inFile && !(name in inEnvironment) ? file : undefined);
    return `  ${place === undefined ? "" : `${place}: `}${fault}`;
  };
  const parsed = settingsSchema.safeParse(known, { error: wantedOf });
  const faults = [
    ...(parsed.error === undefined ? [] : faultsOf(parsed.error)).map(({ path, message }) =>
      withFile(`${path.join(".")}: ${message}, found ${quoted(path[0], known)}`)
    ),
    ...twice.concat(halfSet(known)).map(withFile),
    ...[...linesWithoutName(text), ...unknownInFile(Object.keys(given), NAMES)].map((fault) => `  ${file}: ${fault}`),
    ...unknownInEnvironment(Object.keys(environment), NAMES).map((fault) => `  ${fault}`),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new StartFault(`settings that cannot be used:\n${faults.join("\n")}`);
  }
  return parsed.data;
}

/** Returns the known settings. An empty value counts as not set. */
const knownOf = (given: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = given[name];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );

function envFile(args: string[]): string | undefined {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg.startsWith("--env-file=")) return arg.slice("--env-file=".length);
    if (arg === "--env-file" && args[at + 1] !== undefined) return args[at + 1];
    throw new StartFault(
      `unknown argument ${arg}: wanted no argument, or --env-file FILE; settings come from the environment, see .env.example`,
    );
  }
  return undefined;
}

/** Reads a file that a setting names. Throws a StartFault when it cannot be read. */
export function readText(file: string, wantedBy: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new StartFault(`${wantedBy}: cannot read ${file}: ${fileFault(error, "read")}`);
  }
}

/** Describes every setting with its default, a line each. */
export function describeSettings(): string {
  const defaults = settingsSchema.parse({}) as Record<string, unknown>;
  return Object.entries(settingsSchema.shape).map(([name, { description = "" }]) => {
    const standard = defaults[name];
    const said = standard === undefined || String(standard) === "" ? "" : ` (${String(standard)})`;
    return `  ${name}${said}${description === "" ? "" : `: ${description}`}`;
  }).join("\n");
}
