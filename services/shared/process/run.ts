import { createLogger } from "@/adapters/system/logger.ts";
import { messageOf } from "@/application/faults.ts";
import { logRuntime } from "./runtime_lines.ts";
import { describeSettings, environment, readSettings, type Settings } from "@/services/settings/settings.ts";

/** A running service or suite. */
interface Running {
  /**
   * Resolves when everything works. HTTP answers earlier, even while the log is down for hours. Rejects on a fault that is found after
   * the start and that a retry does not fix.
   */
  joined: Promise<unknown>;
  /** Printed when `joined` resolves. */
  greeting: string;
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 2_800;

/**
 * Runs a service: reads its settings, starts it, and stops it cleanly at the first SIGINT or SIGTERM. Prints one message for a fault
 * that the user can fix, and exits with status 1.
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

/** Returns the text of `--help`. */
const usage = (name: string) =>
  `Usage: deno task ${name === "suite" ? "start" : name} [--env-file FILE]

Runs until it is stopped by Ctrl-C or SIGTERM.

Options:
  --env-file FILE  reads settings from a file; the environment wins
  --help           prints this help

Settings, with their defaults:
${describeSettings()}`;
