import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Clock } from "@/application/ports.ts";
import type { Cursor, EventLog } from "@/application/messaging/wire/event_log.ts";

/** Where a rebuild stands: rows that were removed or copied, or messages that were read, of how many. */
export type Progress = { step: "clearing" | "copying" | "reading" | "completing"; done: number; of?: number };
export type OnProgress = (progress: Progress) => void;

/** Work beside the reading, until nothing is left to do. */
export type Completion = { idle(): Promise<boolean>; stop(): Promise<void> };

type CatchUpDeps = {
  reader: RunningConsumer;
  log: Pick<EventLog, "lag">;
  /** How far the log is read, partition by partition, always in the same order. */
  places(): Cursor[];
  /** Called once, when all messages are read for the first time. */
  complete(): Promise<Completion>;
  clock: Clock;
  onProgress: OnProgress;
  signal: AbortSignal;
};

const LOOK = 200;
/** Where messages keep coming there are hardly ever none left: so few, for so long (ms), will do once those of the first look are read. */
const FEW = 1_000;
const LONG = 5_000;

const sum = (lags: number[]): number => lags.reduce((sum, one) => sum + one, 0);

/** Waits until a version has read the log and is complete, and ends the reading. Throws when that will not come to pass. */
export async function catchUp(
  { reader, log, places, complete, clock, onProgress: tell, signal }: CatchUpDeps,
): Promise<void> {
  /** Since when few are left, and how many were left then of each partition. */
  let few: { since: number; from: Cursor[]; left: number[] } | undefined;
  let completion: Completion | undefined;
  for (;; await clock.sleep(LOOK, signal)) {
    signal.throwIfAborted();
    const { halted, healthy, heldSince, handled, skipped, parked } = reader.state();
    if (halted.length > 0) {
      throw new Error(
        `the log has lost messages of ${halted.join(", ")} before they were read; run again to begin anew`,
      );
    }
    const here = places();
    const then = few !== undefined && clock.now() - few.since >= LONG ? few : undefined;
    const lags = await log.lag([...here, ...then?.from ?? []]).catch(() => undefined);
    if (lags === undefined) continue;
    const left = lags.slice(0, here.length);
    const waiting = sum(left);
    const read = handled + skipped + parked;
    tell({ step: "reading", done: read, of: read + waiting });
    few = waiting > FEW ? undefined : few ?? { since: clock.now(), from: here, left };
    // Partition by partition, as what comes to one must not pass for what was left of another.
    const patient = few !== undefined && then !== undefined &&
      lags.slice(here.length).every((lag, at) => lag - left[at]! >= then.left[at]!);
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
