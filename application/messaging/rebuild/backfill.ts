import type { Tell } from "./catch_up.ts";
import { type Look, look, type LookParts, placeName } from "./plan.ts";
import type { AnyVersion } from "./versions.ts";

/**
 * Copies from the live version into the one that is filled what came of a topic's messages that the log no longer has. `since`:
 * from then on it has all of them; `before`: effects of lost ones have earlier times (ms). `first`: before any message is read; `last`: after all of them are, so that where both say something
 * the log is right. Tells rows as they are copied and returns how many; what `tell` throws ends it.
 */
export type Older<Version> = {
  topic: string;
  when: "first" | "last";
  copy(from: Version, into: Version, times: LostTimes, tell: (rows: number) => void): Promise<void>;
};

/** An event may be so much later than its arrival (ms): what is further ahead is set aside. */
const AHEAD = 5 * 60_000;
/** What the log may lose while it is copied (ms of its messages), at first. */
const LEAD = 60 * 60_000;
const STEP = 500;
const PAGE = 100;

export type LostTimes = { since: number; before: number };

export type BeginParts<Version extends AnyVersion> = LookParts<Version> & {
  older: Older<Version>[];
  from: Version;
  into: Version;
  owner: string;
  tell: Tell;
  signal: AbortSignal;
};

/** The times that effects of lost messages have, when the first one that is left came at `since`. */
export const lostTimes = (since: number): LostTimes => ({ since, before: since + AHEAD });

/**
 * Removes what is left of earlier attempts, copies what the log no longer has, and notes where reading begins. While it copies
 * the log may lose more, so that it copies a while more than was lost at first, and again when that was not enough. The places
 * are noted last and together, so that a version with positions is one that has all that the log has not.
 */
export async function beginAnew<Version extends AnyVersion>(
  parts: BeginParts<Version>,
): Promise<{ seen: Look; carried: number }> {
  for (let lead = LEAD;; lead *= 4) {
    await clear(parts);
    const before = await look(parts);
    const upTo = new Map([...before.lost].map(([topic, since]) => [topic, since + lead]));
    await copyOlder(parts, upTo);
    const seen = await look(parts);
    if (![...seen.lost].every(([topic, since]) => since <= (upTo.get(topic) ?? -Infinity))) continue;
    const carried = await carryLetters(parts, seen);
    await notePlaces(parts, seen);
    return { seen, carried };
  }
}

async function clear<Version extends AnyVersion>({ store, into, tell, signal }: BeginParts<Version>): Promise<void> {
  const { version: live } = await store.live();
  for (let step = STEP, done = 0; step === STEP;) {
    step = await into.uow.run(({ versions }) => versions.clear({ above: live }, STEP));
    tell({ step: "clearing", done: done += step });
    signal.throwIfAborted();
  }
}

async function copyOlder<Version extends AnyVersion>(
  { older, from, into, tell, signal }: BeginParts<Version>,
  upTo: Map<string, number>,
): Promise<void> {
  let copied = 0;
  for (const { topic, when, copy } of older) {
    const since = upTo.get(topic);
    if (when === "last" || since === undefined) continue;
    await copy(from, into, lostTimes(since), (rows) => {
      tell({ step: "copying", done: copied += rows });
      signal.throwIfAborted();
    });
  }
}

async function notePlaces<Version extends AnyVersion>(
  { consumer, into, owner }: BeginParts<Version>,
  { places, logId, next: version }: Look,
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
  { consumer, store: { letters }, log, into }: BeginParts<Version>,
  { live, next, logId, lostPartitions }: Look,
): Promise<number> {
  let carried = 0;
  for (let after = 0;;) {
    const page = await letters.list({ consumer, version: live }, after, PAGE);
    const own = page.filter((letter) => letter.logId === logId && lostPartitions.has(placeName(letter.message)));
    const here = await log.has(own.map(({ message: { topic, partition, position } }) => ({
      ...{ topic, partition, next: position },
    })));
    const still = new Set(own.filter((_, at) => here[at]));
    const gone = page.filter((letter) =>
      letter.logId !== logId || lostPartitions.has(placeName(letter.message)) && !still.has(letter)
    );
    await into.uow.run(async ({ deadLetters }) => {
      for (const { id: _id, ...letter } of gone) await deadLetters.park({ ...letter, version: next });
    });
    carried += gone.length;
    if (page.length < PAGE) return carried;
    after = page.at(-1)!.id;
  }
}
