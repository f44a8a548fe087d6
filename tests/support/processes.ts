import { commandOf } from "@/services/launch/child.ts";
import { PROGRAMS } from "@/services/launch/programs.ts";
import { StartFault } from "@/services/settings.ts";
import { eventually } from "./eventually.ts";

export type Service = "suite" | "web" | "trend" | "recommendation";
export interface Started {
  pid: number;
  /** What it has printed so far. */
  out(): string;
  err(): string;
  /** The address it said it listens on. */
  url(name?: string): string;
  /** Sends a signal, unless it has ended already. */
  signal(name: Deno.Signal): void;
  /** Whether it has ended and all that it has printed is known. */
  isOver(): boolean;
  /** Exit status and how long it took from now; all that it has printed is known by then. */
  ended(): Promise<{ code: number; tookMs: number }>;
}

/**
 * Free ports, and none of the servers that the tests themselves may have been given. Tests ask from one address, as much as they
 * like.
 */
export const OWN = {
  HOST: "127.0.0.1",
  WEB_PORT: "0",
  TREND_PORT: "0",
  RECOMMENDATION_PORT: "0",
  KAFKA_BROKERS: "",
  MYSQL_URL: "",
  MARIADB_URL: "",
  CLIENT_RATE: "0",
  READER_RATE: "0",
  TOKEN_RATE: "0",
};

type StartOptions = {
  args?: string[] | undefined;
  /** How many files it may open; as many as this process where missing. */
  descriptors?: number | undefined;
  /** The folder of its program, where it is another version's. */
  program?: string | undefined;
};

/** Starts a service as its own process, as its task does. */
export const start = (
  service: Service,
  env: Record<string, string>,
  { args = [], ...options }: StartOptions = {},
): Started => {
  const task = service === "suite" ? "start" : service;
  const ownArgs = options.program === undefined ? taskArgs(task, args, env) : programArgs(task, args);
  return launch(service, ownArgs, env, options);
};

/** The arguments by which any version's program starts: what rights a task gives has changed. */
const programArgs = (task: string, args: string[]): string[] => [
  "--no-prompt",
  "--env-file=services/telemetry.env",
  "--allow-all",
  PROGRAMS[task]!.file,
  ...args,
];

/** Starts a file that stands for a service. */
export const startFile = (called: Service, file: string, env: Record<string, string>): Started =>
  launch(called, ["--config", "tests/deno.json", "--allow-all", file], env);

/** Starts an operator's command, as its task does. */
export const begin = (command: string, args: string[], env: Record<string, string>): Started =>
  launch(command, taskArgs(command, args, env), env);

/**
 * The runtime's arguments by which a task starts its program. Where the settings cannot be used it would not; then the program
 * itself says so, without any rights.
 */
export function taskArgs(task: string, args: string[], env: Record<string, string>): string[] {
  const given = { ...Deno.env.toObject(), ...OWN, ...env };
  try {
    return commandOf(task, args, given).slice(1);
  } catch (error) {
    if (!(error instanceof StartFault)) throw error;
    return ["--no-prompt", "-P=service", "--allow-read", PROGRAMS[task]!.file, ...args];
  }
}

function launch(
  called: string,
  args: string[],
  env: Record<string, string>,
  { descriptors, program }: StartOptions = {},
): Started {
  const [command, ...first] = [
    ...(descriptors === undefined ? [] : ["prlimit", `--nofile=${descriptors}:${descriptors}`]),
    Deno.execPath(),
  ];
  const child = new Deno.Command(command!, {
    args: [...first, "run", "--quiet", "--no-check", ...args],
    env: { ...OWN, ...env },
    ...(program === undefined ? {} : { cwd: program }),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed = { out: "", err: "" };
  const drained = Promise.all([
    collect(child.stdout, (text) => printed.out += text),
    collect(child.stderr, (text) => printed.err += text),
  ]);
  let over = false;
  // The status may be known before the last words of either stream have been read.
  const end = (async () => {
    const status = await child.status;
    const at = performance.now();
    await drained;
    if (!status.success && status.signal !== "SIGKILL") printed.err += `ended: ${JSON.stringify(status)}\n`;
    over = true;
    return { code: status.code, at };
  })();
  return {
    pid: child.pid,
    out: () => printed.out,
    err: () => printed.err,
    url(name = called) {
      const found = new RegExp(`${name} .*?(http://[^/\\s,]+)`).exec(printed.out)?.[1];
      if (found === undefined) {
        throw new Error(`${name} has not said where it listens; it said: ${printed.out}${printed.err}`);
      }
      return found;
    },
    signal(name) {
      try {
        child.kill(name);
      } catch (error) {
        // Deno has no error of its own for a child that has ended.
        if (!(error instanceof TypeError)) throw error;
      }
    },
    isOver: () => over,
    async ended() {
      const from = performance.now();
      const { code, at } = await end;
      return { code, tookMs: Math.max(0, at - from) };
    },
  };
}

/** Starts a service and waits until it says that it is ready; fails at once when it ends before. */
export async function ready(service: Service, env: Record<string, string>): Promise<Started> {
  const started = start(service, env);
  const isReady = () => started.out().includes("ready") && (service !== "suite" || started.out().includes("Ctrl-C"));
  await eventually(() => isReady() || started.isOver());
  if (!isReady()) throw new Error(`${service} ended before it was ready; it said: ${started.out()}${started.err()}`);
  return started;
}

/** Kills those that have not ended yet, and waits until all have. */
export async function killAll(processes: Iterable<Started>): Promise<void> {
  for (const one of processes) {
    one.signal("SIGKILL");
    await one.ended();
  }
}

/** Runs an operator's command to its end, as its task does. */
export async function operate(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...taskArgs(command, args, env)],
    env: { ...OWN, ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}
