import { messageOf } from "@/application/messaging/faults.ts";
import { environment, readSettings, type Settings, StartFault } from "./settings.ts";

/** Something that runs until it is stopped. */
export interface Running {
  /** Resolves when all of it works; HTTP may answer before. */
  joined: Promise<unknown>;
  /** What is then printed. */
  greeting: string;
  stop(): Promise<void>;
}

const DEADLINE = 2_800;

/**
 * The main function of every service: settings, start, and one clean stop at the first SIGINT or SIGTERM. A fault that
 * the person can mend ends in one message and exit status 1.
 */
export async function run(start: (settings: Settings) => Promise<Running>): Promise<void> {
  let running: Running | undefined;
  let stopping = false;
  const { promise: signalled, resolve: signal } = Promise.withResolvers<void>();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, signal);
  try {
    const { joined, greeting } = running = await start(readSettings(environment(), Deno.args));
    joined.then(() => stopping || console.log(greeting));
    await signalled;
    stopping = true;
    const late = setTimeout(() => Deno.exit(1), DEADLINE);
    await running.stop();
    clearTimeout(late);
    Deno.exit(0);
  } catch (error) {
    console.error(
      `bookstream: ${stopping ? "could not stop cleanly: " : ""}${
        error instanceof StartFault ? error.message : messageOf(error)
      }`,
    );
    Deno.exit(1);
  }
}
