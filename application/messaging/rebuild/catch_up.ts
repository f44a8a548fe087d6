import { elapsedMs } from "@/application/elapsed.ts";
import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Clock } from "@/application/ports.ts";
import type { Cursor, EventLog, StuckPartition } from "@/application/messaging/wire/event_log.ts";

/** The progress of a rebuild: rows removed or copied, or messages read, of how many. */
export type Progress = { step: "clearing" | "copying" | "reading" | "completing"; done: number; of?: number };
export type OnProgress = (progress: Progress) => void;

/** Background work of the new version. `idle` returns whether none is left. */
export type Completion = { idle(): Promise<boolean>; stop(): Promise<void> };

type CatchUpDeps = {
  reader: RunningConsumer;
  log: Pick<EventLog, "lag">;
  /** Returns the cursor of each partition, always in the same order. */
  cursors(): Cursor[];
  /** Parks a stuck record that was parked before in another version. Returns false when it was not. */
  passStuck(stuck: StuckPartition): Promise<boolean>;
  /** Called once, when all messages have been read for the first time. */
  complete(): Promise<Completion>;
  clock: Clock;
  onProgress: OnProgress;
  signal: AbortSignal;
};

const POLL_MS = 200;
/**
 * Under load the lag never reaches zero. The switch happens when the lag has been small for a while, and all messages that waited
 * when it became small are read.
 */
const SMALL_BACKLOG_MESSAGES = 1_000;
const SMALL_BACKLOG_MS = 5_000;

/** Since when the lag is small, and the lag of each partition at that time. */
type SmallBacklog = { since: number; cursors: Cursor[]; left: number[] };

const sum = (lags: number[]): number => lags.reduce((sum, one) => sum + one, 0);

/** Waits until a version has read the log and its background work is idle, and stops the reader. Throws when it cannot continue. */
export async function catchUp(deps: CatchUpDeps): Promise<void> {
  const { reader, log, cursors, passStuck, complete, clock, onProgress, signal } = deps;
  let small: SmallBacklog | undefined;
  let completion: Completion | undefined;
  for (;; await clock.sleep(POLL_MS, signal)) {
    signal.throwIfAborted();
    const { halted, stuck, healthy, heldSince, handled, skipped, parked } = reader.state();
    if (halted.length > 0) {
      throw new Error(
        `the log has lost messages of ${
          halted.join(", ")
        } before they were read; run again to start from the beginning`,
      );
    }
    for (const one of stuck) {
      if (await passStuck(one)) continue;
      throw new Error(
        `cannot read ${one.name} on from ${one.position}: ${one.reason}; ${one.remedy}; then run again, it goes on from there`,
      );
    }
    const current = cursors();
    const earlier = small !== undefined && elapsedMs(clock, small.since) >= SMALL_BACKLOG_MS ? small : undefined;
    const lags = await log.lag([...current, ...earlier?.cursors ?? []]).catch(() => undefined);
    if (lags === undefined) continue;
    const left = lags.slice(0, current.length);
    const waiting = sum(left);
    const read = handled + skipped + parked;
    onProgress({ step: "reading", done: read, of: read + waiting });
    small = waiting > SMALL_BACKLOG_MESSAGES ? undefined : small ?? { since: clock.now(), cursors: current, left };
    // Compares by partition, as new messages of one must not offset read messages of another.
    const enough = small !== undefined && earlier !== undefined &&
      lags.slice(current.length).every((lag, at) => lag - left[at]! >= earlier.left[at]!);
    if (heldSince !== undefined || waiting > 0 && !enough) continue;
    if (!healthy) {
      throw new Error("one message after the other fails and none succeeds: see the log line message-parked");
    }
    if (completion === undefined) completion = await complete();
    else if (await completion.idle() || enough) break;
  }
  await reader.stop();
  while (!(await completion.idle())) {
    signal.throwIfAborted();
    onProgress({ step: "completing", done: 0 });
    await clock.sleep(POLL_MS, signal);
  }
}
