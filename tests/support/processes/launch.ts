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

/** A running process of a test. */
export interface Started {
  pid: number;
  /** Its output so far. */
  out(): string;
  err(): string;
  /** The address that it listens on, by its own log. */
  url(name?: string): string;
  /** Sends a signal, unless it has ended already. */
  signal(name: Deno.Signal): void;
  /** Whether it has ended and its output is complete. */
  isOver(): boolean;
  /** Exit status and how long it took from now; all that it has printed is known by then. */
  ended(): Promise<{ code: number; tookMs: number }>;
}

export type LaunchOptions = {
  /** How many files it may open; as many as this process where missing. */
  descriptors?: number | undefined;
  /** The folder of its program, where it is another version's. */
  program?: string | undefined;
};

/** Runs a program under the runtime. `called`: its name in the line that says where it listens. */
export function launch(
  called: string,
  args: string[],
  env: Record<string, string>,
  { descriptors, program }: LaunchOptions = {},
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
  // The status may be known before both streams are read to the end.
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

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}
