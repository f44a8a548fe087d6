import type { Clock } from "@/application/ports.ts";
import {
  type Consumer,
  type Cursor,
  type EventLog,
  type Owner,
  partitionName,
} from "@/application/messaging/wire/event_log.ts";

/** How far a partition is read, and since when its first uncommitted message is in the log. */
export type PartitionProgress = Cursor & { waitingSince: number | undefined };

/**
 * How far a consumer is behind in a partition, whoever owns it. `owner`: undefined where nobody alive does. `stoodMs`: for how
 * long messages have been seen to wait while the position stayed the same; `ownerlessMs`: for how long nobody was seen to own it.
 */
export type Lag = Cursor & {
  messages: number;
  seconds: number;
  owner: Owner | undefined;
  stoodMs: number;
  ownerlessMs: number;
};

type LagDeps = {
  topics: string[];
  log: Pick<EventLog, "partitions" | "lag">;
  /** The stored positions of all members. */
  stored(): Promise<Cursor[]>;
  /** The partitions that this member owns and has opened. */
  own(): PartitionProgress[];
  owners(): ReturnType<Consumer["owners"]>;
  clock: Clock;
};

/** What was seen of a partition: since when messages wait at its position, and since when it has no owner. */
type Seen = {
  at: number;
  next: string | undefined;
  waitsSince: number | undefined;
  ownerlessSince: number | undefined;
  /** When it was last empty or got on, or was first seen. */
  goodAt: number;
};

/** After a longer time without a look nothing is known of what stood still in between: the process may have slept. */
const MAX_GAP_MS = 20_000;

/**
 * Creates a function that looks at all partitions of a consumer's topics. Its seconds are the age of the first waiting message:
 * known once it is delivered here, and before that the time since a look found the partition empty or on its way, or its first
 * look. Rejects when the log or the store does not answer.
 */
export function createLagReader(deps: LagDeps): () => Promise<Lag[]> {
  const { topics, log, stored, own, owners, clock } = deps;
  const seen = new Map<string, Seen>();
  let lookedAt = -Infinity;

  async function look(): Promise<Lag[]> {
    const [partitions, owned, positions] = await Promise.all([log.partitions(topics), owners(), stored()]);
    const progress = new Map(own().map((one) => [partitionName(one), one]));
    const known = new Map<string, Cursor>([...positions.map((one) => [partitionName(one), one] as const), ...progress]);
    const cursors = partitions.map(({ topic, partition }): Cursor => (
      { topic, partition, next: known.get(partitionName({ topic, partition }))?.next }
    ));
    const left = await log.lag(cursors);
    const at = clock.now();
    // A clock that was set back ends what was seen as well.
    const goesOn = at >= lookedAt && at - lookedAt < MAX_GAP_MS;
    lookedAt = at;
    return cursors.map((cursor, index) => {
      const name = partitionName(cursor);
      const [messages, owner] = [left[index]!, owned.get(name)];
      const now = compare({ next: cursor.next, messages, owner, at }, seen.get(name), goesOn);
      seen.set(name, now);
      const since = progress.get(name)?.waitingSince ?? now.goodAt;
      return {
        ...cursor,
        messages,
        seconds: messages === 0 ? 0 : Math.max(0, at - since) / 1_000,
        owner,
        stoodMs: at - (now.waitsSince ?? at),
        ownerlessMs: at - (now.ownerlessSince ?? at),
      };
    });
  }

  return () =>
    look().catch((error) => {
      // What stood still during an outage did so for the outage.
      lookedAt = -Infinity;
      throw error;
    });
}

type Found = { next: string | undefined; messages: number; owner: Owner | undefined; at: number };

/** What is known of a partition after a look. `goesOn`: nothing was missed since the look before. */
function compare({ next, messages, owner, at }: Found, before: Seen | undefined, goesOn: boolean): Seen {
  const moved = before !== undefined && before.next !== next;
  const [waitedSince, ownerlessSince] = goesOn ? [before?.waitsSince, before?.ownerlessSince] : [];
  return {
    at,
    next,
    waitsSince: messages === 0 ? undefined : moved ? at : waitedSince ?? at,
    ownerlessSince: owner === undefined ? ownerlessSince ?? at : undefined,
    goodAt: messages === 0 || before === undefined ? at : moved ? before.at : before.goodAt,
  };
}
