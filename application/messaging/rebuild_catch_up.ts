import type { RunningConsumer } from "./consume.ts";
import type { Clock } from "./ports.ts";

/** Where a rebuild stands: rows that were removed or copied, or messages that were read, of how many. */
export type Progress = { step: "clearing" | "copying" | "reading" | "completing"; done: number; of?: number };
export type Tell = (progress: Progress) => void;

/** Work beside the reading, until nothing is left to do. */
export type Completion = { idle(): Promise<boolean>; stop(): Promise<void> };

export type CatchUpParts = {
  reader: RunningConsumer;
  /** Messages that are not read yet. Rejects when the log does not answer. */
  left(): Promise<number>;
  /** Called once, when all messages are read for the first time. */
  complete(): Promise<Completion>;
  clock: Clock;
  tell: Tell;
  signal: AbortSignal;
};

const LOOK = 200;
/** Where messages keep coming there are hardly ever none left: so few, for so long (ms), will do. */
const FEW = 1_000;
const LONG = 5_000;

/** Waits until a version has read the log and is complete, and ends the reading. Throws when that will not come to pass. */
export async function catchUp({ reader, left, complete, clock, tell, signal }: CatchUpParts): Promise<void> {
  let few: number | undefined;
  let completion: Completion | undefined;
  for (;; await clock.sleep(LOOK, signal)) {
    signal.throwIfAborted();
    const { halted, healthy, heldSince, handled, skipped, parked } = reader.state();
    if (halted.length > 0) {
      throw new Error(
        `the log has lost messages of ${halted.join(", ")} before they were read; run again to begin anew`,
      );
    }
    const waiting = await left().catch(() => undefined);
    if (waiting === undefined) continue;
    const read = handled + skipped + parked;
    tell({ step: "reading", done: read, of: read + waiting });
    few = waiting > FEW ? undefined : few ?? clock.now();
    const patient = few !== undefined && clock.now() - few >= LONG;
    if (heldSince !== undefined || waiting > 0 && !patient) continue;
    if (!healthy) {
      throw new Error("one message after the other fails and none succeeds: see the log line message-parked");
    }
    if (completion === undefined) completion = await complete();
    else if (await completion.idle() || patient) break;
  }
  await reader.stop();
  while (!(await completion.idle())) {
    signal.throwIfAborted();
    tell({ step: "completing", done: 0 });
    await clock.sleep(LOOK, signal);
  }
}
