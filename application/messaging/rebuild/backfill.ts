import { HOUR } from "@/domain/hours.ts";
import { MAX_AHEAD_MS } from "@/domain/time_ahead.ts";
import type { OnProgress } from "./catch_up.ts";
import { inspect, type InspectDeps, type Inspection, partitionName } from "./plan.ts";
import type { AnyVersion } from "./versions.ts";

/**
 * Copies from the live version into the one that is filled what came of a topic's messages that the log no longer has. `since`:
 * from then on it has all of them; `before`: effects of lost ones have earlier times (ms). `first`: before any message is read; `last`: after all of them are, so that where both say something
 * the log is right. Tells rows as they are copied and returns how many; what `tell` throws ends it.
 */
export type Backfill<Version> = {
  topic: string;
  when: "first" | "last";
  copy(from: Version, into: Version, times: LostTimes, tell: (rows: number) => void): Promise<void>;
};

/** What the log may lose while it is copied (ms of its messages), at first. */
const LEAD = HOUR;
const STEP = 500;
const PAGE = 100;

export type LostTimes = { since: number; before: number };

type BeginDeps<Version extends AnyVersion> = InspectDeps<Version> & {
  backfills: Backfill<Version>[];
  from: Version;
  into: Version;
  owner: string;
  tell: OnProgress;
  signal: AbortSignal;
};

/** The times that effects of lost messages have, when the first one that is left came at `since`: a message may be ahead of its arrival. */
export const lostTimes = (since: number): LostTimes => ({ since, before: since + MAX_AHEAD_MS });

/**
 * Removes what is left of earlier attempts, copies what the log no longer has, and notes where reading begins. While it copies
 * the log may lose more, so that it copies a while more than was lost at first, and again when that was not enough. The places
 * are noted last and together, so that a version with positions is one that has all that the log has not.
 */
export async function backfill<Version extends AnyVersion>(
  deps: BeginDeps<Version>,
): Promise<{ seen: Inspection; carried: number }> {
  for (let lead = LEAD;; lead *= 4) {
    await clear(deps);
    const before = await inspect(deps);
    const upTo = new Map([...before.lost].map(([topic, since]) => [topic, since + lead]));
    await copyOlder(deps, upTo);
    const seen = await inspect(deps);
    if (![...seen.lost].every(([topic, since]) => since <= (upTo.get(topic) ?? -Infinity))) continue;
    const carried = await carryLetters(deps, seen);
    await notePlaces(deps, seen);
    return { seen, carried };
  }
}

async function clear<Version extends AnyVersion>({ store, into, tell, signal }: BeginDeps<Version>): Promise<void> {
  const { version: live } = await store.live();
  for (let step = STEP, done = 0; step === STEP;) {
    step = await into.uow.run(({ versions }) => versions.clear({ above: live }, STEP));
    tell({ step: "clearing", done: done += step });
    signal.throwIfAborted();
  }
}

async function copyOlder<Version extends AnyVersion>(
  { backfills, from, into, tell, signal }: BeginDeps<Version>,
  upTo: Map<string, number>,
): Promise<void> {
  let copied = 0;
  for (const { topic, when, copy } of backfills) {
    const since = upTo.get(topic);
    if (when === "last" || since === undefined) continue;
    await copy(from, into, lostTimes(since), (rows) => {
      tell({ step: "copying", done: copied += rows });
      signal.throwIfAborted();
    });
  }
}

async function notePlaces<Version extends AnyVersion>(
  { consumer, into, owner }: BeginDeps<Version>,
  { places, logId, next: version }: Inspection,
): Promise<void> {
  await into.uow.run(async ({ positions }) => {
    for (const { topic, partition, next } of places) {
      const key = { consumer, version, logId, topic, partition };
      await positions.claim(key, owner);
      await positions.move(key, next!);
    }
  });
}

/** Letters whose messages the log no longer has go over to the new version, as it will never read them. */
async function carryLetters<Version extends AnyVersion>(
  { consumer, store: { letters }, log, into }: BeginDeps<Version>,
  { live, next, logId, lostPartitions }: Inspection,
): Promise<number> {
  let carried = 0;
  for (let after = 0;;) {
    const page = await letters.list({ consumer, version: live }, after, PAGE);
    const own = page.filter((letter) => letter.logId === logId && lostPartitions.has(partitionName(letter.message)));
    const here = await log.has(own.map(({ message: { topic, partition, position } }) => ({
      topic,
      partition,
      next: position,
    })));
    const still = new Set(own.filter((_, at) => here[at]));
    const gone = page.filter((letter) =>
      letter.logId !== logId || lostPartitions.has(partitionName(letter.message)) && !still.has(letter)
    );
    await into.uow.run(async ({ deadLetters }) => {
      for (const { id: _id, ...letter } of gone) await deadLetters.park({ ...letter, version: next });
    });
    carried += gone.length;
    if (page.length < PAGE) return carried;
    after = page.at(-1)!.id;
  }
}
