import { partitionName } from "@/application/messaging/wire/event_log.ts";
import { HOUR } from "@/domain/hours.ts";
import { MAX_AHEAD_MS } from "@/domain/time_ahead.ts";
import type { OnProgress } from "./catch_up.ts";
import { inspect, type InspectDeps, type Inspection } from "./plan.ts";
import type { AnyVersion } from "./versions.ts";

/**
 * Copies the effects of messages that the log has lost from the live version into the new one.
 * `first`: before any message is read. `last`: after all are read, so that rows from the log win.
 * `onRows` is called with the number of rows copied. An error that it throws ends the copy.
 */
export type Backfill<Version> = {
  topic: string;
  when: "first" | "last";
  copy(from: Version, into: Version, times: LostTimes, onRows: OnRows): Promise<void>;
};

/** How much more the log may lose during the first copy. */
const MIN_LEAD_MS = HOUR;
const MAX_CLEARED_ROWS = 500;
const PAGE_ROWS = 100;

export type OnRows = (rows: number) => void;

/** `since`: the log has all messages from then on. `before`: the effects of lost messages have earlier times. */
export type LostTimes = { since: number; before: number };

export type BackfillDeps<Version extends AnyVersion> = InspectDeps<Version> & {
  backfills: Backfill<Version>[];
  from: Version;
  into: Version;
  owner: string;
  onProgress: OnProgress;
  signal: AbortSignal;
};

/** Returns the times of lost messages when the oldest kept one arrived at `since`. A message's time may be ahead of its arrival. */
const lostTimes = (since: number): LostTimes => ({ since, before: since + MAX_AHEAD_MS });

/**
 * Removes the rows of earlier attempts, copies what the log has lost, and stores the cursors to read from.
 * The log may lose more during the copy, so a lead is copied too, and a longer one when it was not enough.
 * Cursors are stored last and together, so a version with positions has its whole backfill.
 */
export async function backfill<Version extends AnyVersion>(
  deps: BackfillDeps<Version>,
): Promise<{ inspection: Inspection; carried: number }> {
  for (let leadMs = MIN_LEAD_MS;; leadMs *= 4) {
    await clear(deps);
    const before = await inspect(deps);
    const upTo = new Map([...before.lost].map(([topic, since]) => [topic, since + leadMs]));
    await copyFirst(deps, upTo);
    const inspection = await inspect(deps);
    if (![...inspection.lost].every(([topic, since]) => since <= (upTo.get(topic) ?? -Infinity))) continue;
    const carried = await carryDeadLetters(deps, inspection);
    await storeCursors(deps, inspection);
    return { inspection, carried };
  }
}

async function clear<Version extends AnyVersion>(
  { store, into, onProgress, signal }: BackfillDeps<Version>,
): Promise<void> {
  const { version: live } = await store.live();
  for (let rows = MAX_CLEARED_ROWS, done = 0; rows === MAX_CLEARED_ROWS;) {
    rows = await into.uow.run(({ versions }) => versions.clear({ above: live }, MAX_CLEARED_ROWS));
    onProgress({ step: "clearing", done: done += rows });
    signal.throwIfAborted();
  }
}

async function copyFirst<Version extends AnyVersion>(
  { backfills, from, into, onProgress, signal }: BackfillDeps<Version>,
  upTo: Map<string, number>,
): Promise<void> {
  let copied = 0;
  for (const { topic, when, copy } of backfills) {
    const since = upTo.get(topic);
    if (when === "last" || since === undefined) continue;
    await copy(from, into, lostTimes(since), (rows) => {
      onProgress({ step: "copying", done: copied += rows });
      signal.throwIfAborted();
    });
  }
}

/** Runs the backfills that come last, after all messages are read. */
export async function copyLast<Version extends AnyVersion>(
  { backfills, from, into, signal }: BackfillDeps<Version>,
  { lost }: Pick<Inspection, "lost">,
): Promise<void> {
  for (const { topic, when, copy } of backfills) {
    const since = lost.get(topic);
    if (when === "first" || since === undefined) continue;
    await copy(from, into, lostTimes(since), () => signal.throwIfAborted());
  }
}

async function storeCursors<Version extends AnyVersion>(
  { consumer, into, owner }: BackfillDeps<Version>,
  { cursors, logId, next: version }: Inspection,
): Promise<void> {
  await into.uow.run(async ({ positions }) => {
    const moves = cursors.map(({ topic, partition, next }) => (
      { key: { consumer, version, logId, topic, partition }, next: next! }
    ));
    for (const { key } of moves) await positions.claim(key, owner);
    await positions.move(moves);
  });
}

/** Copies the dead letters whose messages the log has lost, as the new version will never read these messages. */
async function carryDeadLetters<Version extends AnyVersion>(
  { consumer, store: { deadLetters }, log, into }: BackfillDeps<Version>,
  { live, next, logId, lostPartitions }: Inspection,
): Promise<number> {
  let carried = 0;
  for (let after = 0;;) {
    const page = await deadLetters.list({ consumer, version: live }, after, PAGE_ROWS);
    const doubtful = page.filter(({ logId: its, message }) =>
      its === logId && lostPartitions.has(partitionName(message))
    );
    const found = await log.has(doubtful.map(({ message: { topic, partition, position } }) => ({
      topic,
      partition,
      next: position,
    })));
    const missing = new Set(doubtful.filter((_, at) => !found[at]));
    const lost = page.filter((deadLetter) => deadLetter.logId !== logId || missing.has(deadLetter));
    await into.uow.run(async (stores) => {
      for (const { id: _id, ...deadLetter } of lost) {
        await stores.deadLetters.park({ ...deadLetter, version: next });
      }
    });
    carried += lost.length;
    if (page.length < PAGE_ROWS) return carried;
    after = page.at(-1)!.id;
  }
}
