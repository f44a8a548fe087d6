import { createLogger } from "@/adapters/system/logger.ts";
import { messageOf } from "@/application/faults.ts";
import { logRuntime } from "./runtime_lines.ts";
import { describeSettings, environment, readSettings, type Settings } from "@/services/settings/settings.ts";

/** Something that runs until it is stopped. */
interface Running {
  /**
   * Resolves when all of it works. HTTP answers earlier, and for hours while the log is away. Rejects on a fault that is
   * found after the start and that waiting does not mend.
   */
  joined: Promise<unknown>;
  /** Printed when `joined` resolves. */
  greeting: string;
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 2_800;

/**
 * The main function of every service: settings, start, and one clean stop at the first SIGINT or SIGTERM. A fault that
 * the person can mend ends in one message and exit status 1.
 */
export async function run(name: string, start: (settings: Settings) => Promise<Running>): Promise<void> {
  if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(usage(name));
    Deno.exit(0);
  }
  let running: Running | undefined;
  let stopping = false;
  let code = 0;
  const { promise: signalled, resolve: signal } = Promise.withResolvers<void>();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, signal);
  try {
    const settings = readSettings(environment(), Deno.args);
    logRuntime(createLogger(name, settings.LOG_LEVEL));
    const { joined, greeting } = running = await start(settings);
    const greeted = joined.then(() => stopping || console.log(greeting));
    await Promise.race([signalled, greeted.then(() => signalled)]);
  } catch (error) {
    code = 1;
    complain("", error);
  }
  stopping = true;
  const late = setTimeout(() => Deno.exit(1), STOP_TIMEOUT_MS);
  await running?.stop().catch((error) => {
    code = 1;
    complain("could not stop cleanly: ", error);
  });
  clearTimeout(late);
  Deno.exit(code);
}

const complain = (when: string, error: unknown): void => console.error(`bookstream: ${when}${messageOf(error)}`);

/** What `--help` says. */
const usage = (name: string) =>
  `Usage: deno task ${name === "suite" ? "start" : name} [--env-file FILE]

Runs until it is stopped by Ctrl-C or SIGTERM.

Options:
  --env-file FILE  reads settings from a file; the environment wins
  --help           prints this help

Settings, with their defaults:
${describeSettings()}`;
