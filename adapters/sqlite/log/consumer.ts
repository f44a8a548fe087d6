import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Consumer, Subscription } from "@/application/messaging/wire/event_log.ts";
import type { Database } from "@/adapters/sqlite/database.ts";
import { type GroupPartition, type Membership, nameOf, SESSION } from "./groups.ts";
import { LogGap, readFrom, readHeads } from "./reader.ts";

type LogConsumerDeps = {
  log: Database;
  groups: Database;
  membership: Membership;
  subscription: Subscription;
  clock: Clock;
  logger: Logger;
};

/** A partition that is held: where to read next, whether it is opened, and until when it rests after a failure. */
type Held = GroupPartition & {
  next: number | undefined;
  opened: boolean;
  halted: boolean;
  restUntil: number;
  pause: number;
};

const BEAT = SESSION / 3;
const FIRST_PAUSE = 50;
const MOST_PAUSE = 2_000;

/** Reads the partitions that the member holds in turn, a batch each, and waits for a change when there is nothing to read. */
export function startLogConsumer({ log, groups, membership, subscription, clock, logger }: LogConsumerDeps): Consumer {
  const stopping = new AbortController();
  const news = log.changes();
  const moves = groups.changes();
  const held = new Map<string, Held>();
  const busy = new Set<string>();
  const { promise: joined, resolve: join } = Promise.withResolvers<void>();
  let generation = -1;

  /** How far the places have been read, as far as it is known. */
  const progress = (): Map<string, number> =>
    new Map(
      [...held.values()].flatMap(({ next, ...place }) => next !== undefined ? [[nameOf(place), next] as const] : []),
    );

  async function beat(): Promise<void> {
    const places = await membership.beat(busy, progress());
    generation = membership.generation();
    const owned = new Map(places.map((place) => [nameOf(place), place]));
    for (const name of held.keys()) if (!owned.has(name)) held.delete(name);
    for (const [name, place] of owned) {
      if (!held.has(name)) {
        held.set(name, { ...place, next: undefined, opened: false, halted: false, restUntil: 0, pause: FIRST_PAUSE });
      }
    }
    join();
  }

  /** Keeps the membership alive beside the reading, also while a batch takes long. */
  async function beats(): Promise<void> {
    let last = 0;
    while (!stopping.signal.aborted) {
      try {
        const due = clock.now() - last >= BEAT;
        if (due || membership.generation() !== generation) {
          await beat();
          last = clock.now();
        }
      } catch (error) {
        logger.warn("group-held", { group: subscription.group, reason: messageOf(error) });
      }
      await moves.wait(BEAT, stopping.signal);
    }
  }

  /** Handles a batch of one partition; says whether there was one. */
  async function advance(place: Held, head: number): Promise<boolean> {
    if (place.halted || place.restUntil > clock.now()) return false;
    busy.add(nameOf(place));
    try {
      if (!place.opened) {
        const next = await subscription.open(place.topic, place.partition);
        place.next = next === undefined ? undefined : Number(next);
        place.opened = true;
      }
      if (place.next === head) return false;
      const messages = readFrom(log.read, place, place.next);
      if (messages.length === 0) return false;
      place.next = Number(
        await subscription.handle({
          topic: place.topic,
          partition: place.partition,
          from: place.next === undefined ? undefined : String(place.next),
          messages,
        }),
      );
      place.pause = FIRST_PAUSE;
      return true;
    } catch (error) {
      if (error instanceof LogGap) {
        logger.error("partition-halted", { group: subscription.group, reason: error.message });
      }
      place.halted = error instanceof LogGap;
      place.opened = false;
      place.restUntil = clock.now() + place.pause;
      place.pause = Math.min(MOST_PAUSE, place.pause * 2);
      return false;
    } finally {
      busy.delete(nameOf(place));
    }
  }

  async function reads(): Promise<void> {
    while (!stopping.signal.aborted) {
      let advanced = false;
      const ends = readHeads(log.read);
      for (const place of [...held.values()]) {
        if (stopping.signal.aborted) break;
        if (held.get(nameOf(place)) === place) {
          advanced = await advance(place, ends.get(nameOf(place)) ?? 0) || advanced;
        }
      }
      if (advanced) await clock.sleep(0);
      else await news.wait(restOf([...held.values()], clock.now()), stopping.signal);
    }
  }

  const done = Promise.all([beats(), joined.then(reads)]);
  return {
    joined,
    state: () => ({
      assigned: [...held.keys()],
      halted: [...held.values()].filter((place) => place.halted).map(nameOf),
      reachable: true,
    }),
    async stop() {
      stopping.abort();
      join();
      await done;
      await membership.leave();
      held.clear();
    },
  };
}

/** How long there is nothing to do: until the next partition has rested, a second at most. */
const restOf = (places: Held[], now: number): number =>
  Math.max(
    1,
    Math.min(1_000, ...places.filter((place) => place.restUntil > now).map((place) => place.restUntil - now)),
  );
