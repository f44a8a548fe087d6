import type { Clock } from "@/application/ports.ts";
import {
  type Consumer,
  type Cursor,
  type EventLog,
  type Owner,
  partitionName,
} from "@/application/messaging/wire/event_log.ts";

/** The cursor of a partition, and since when its first uncommitted message is in the log. */
export type PartitionProgress = Cursor & { waitingSince: number | undefined };

/**
 * The lag of a consumer in a partition, whoever owns it. `owner`: undefined when no live member owns it. `stalledMs`: how long the
 * position has not moved although messages wait. `ownerlessMs`: how long the partition has had no owner.
 */
export type Lag = Cursor & {
  messages: number;
  seconds: number;
  owner: Owner | undefined;
  stalledMs: number;
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

/** The last observation of a partition: since when messages wait at its position, and since when it has no owner. */
type Observation = {
  at: number;
  next: string | undefined;
  waitingSince: number | undefined;
  ownerlessSince: number | undefined;
  /** When the partition was last empty or its position last moved, or when it was first observed. */
  progressAt: number;
};

/** After a longer interval the observations start anew, as the process may have slept. */
const MAX_GAP_MS = 20_000;

/**
 * Creates a function that reads the lag of all partitions. `seconds` is the age of the first waiting message. Before it is
 * delivered here, that is the time since the partition was last seen empty or moving. Rejects when the log or the store is down.
 */
export function createLagReader(deps: LagDeps): () => Promise<Lag[]> {
  const { topics, log, stored, own, owners, clock } = deps;
  const observations = new Map<string, Observation>();
  let measuredAt = -Infinity;

  async function measure(): Promise<Lag[]> {
    const [partitions, owned, positions] = await Promise.all([log.partitions(topics), owners(), stored()]);
    const progress = new Map(own().map((one) => [partitionName(one), one]));
    const known = new Map<string, Cursor>([...positions.map((one) => [partitionName(one), one] as const), ...progress]);
    const cursors = partitions.map(({ topic, partition }): Cursor => (
      { topic, partition, next: known.get(partitionName({ topic, partition }))?.next }
    ));
    const lags = await log.lag(cursors);
    const at = clock.now();
    // The observations also start anew when the clock was set back.
    const isContinuous = at >= measuredAt && at - measuredAt < MAX_GAP_MS;
    measuredAt = at;
    return cursors.map((cursor, index) => {
      const name = partitionName(cursor);
      const [messages, owner] = [lags[index]!, owned.get(name)];
      const now = observe({ next: cursor.next, messages, owner, at }, observations.get(name), isContinuous);
      observations.set(name, now);
      const since = progress.get(name)?.waitingSince ?? now.progressAt;
      return {
        ...cursor,
        messages,
        seconds: messages === 0 ? 0 : Math.max(0, at - since) / 1_000,
        owner,
        stalledMs: at - (now.waitingSince ?? at),
        ownerlessMs: at - (now.ownerlessSince ?? at),
      };
    });
  }

  return () =>
    measure().catch((error) => {
      // A partition that stood still during an outage is not stalled.
      measuredAt = -Infinity;
      throw error;
    });
}

type Measured = { next: string | undefined; messages: number; owner: Owner | undefined; at: number };

/** Returns the new observation of a partition. `isContinuous`: `before` is recent enough to continue from. */
function observe(
  { next, messages, owner, at }: Measured,
  before: Observation | undefined,
  isContinuous: boolean,
): Observation {
  const moved = before !== undefined && before.next !== next;
  const earlier = isContinuous ? before : undefined;
  return {
    at,
    next,
    waitingSince: messages === 0 ? undefined : moved ? at : earlier?.waitingSince ?? at,
    ownerlessSince: owner === undefined ? earlier?.ownerlessSince ?? at : undefined,
    progressAt: messages === 0 || before === undefined ? at : moved ? before.at : before.progressAt,
  };
}
