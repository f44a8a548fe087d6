import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf } from "@/application/faults.ts";
import type { Changes, Clock, Logger } from "@/application/ports.ts";
import {
  type Consumer,
  type MemberState,
  partitionName,
  remedyFor,
  type StuckPartition,
  type Subscription,
} from "@/application/messaging/wire/event_log.ts";
import type { Database } from "@/adapters/sqlite/database.ts";
import { type GroupPartition, type Membership, SESSION_MS } from "./groups.ts";
import type { MessagesIn } from "./rows.ts";
import { LogGap, readFrom, readNextPositions, UnreadableRow } from "./reader.ts";

type LogConsumerDeps = {
  log: Database;
  messagesIn: MessagesIn;
  groups: Database;
  membership: Membership;
  subscription: Subscription;
  clock: Clock;
  logger: Logger;
};

/** A partition that the member owns: its next position, whether it is opened, and its pause after a failure. */
type Owned = GroupPartition & {
  next: number | undefined;
  opened: boolean;
  halted: boolean;
  stuck: StuckPartition | undefined;
  resting: { since: number; forMs: number } | undefined;
  pauseMs: number;
};

const HEARTBEAT_MS = SESSION_MS / 3;
const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;
/** The longest pause before a partition with an unreadable row is retried, as an operator may have parked the row. */
const MAX_STUCK_PAUSE_MS = 15_000;
const MAX_WAIT_MS = 1_000;
/** The groups' file counts as unreachable when no heartbeat could be stored for this long. */
const MAX_SILENCE_MS = 10_000;

/** Starts a member of a group. It reads a batch of each owned partition at once, and waits for a change when there is none. */
export function startLogConsumer(deps: LogConsumerDeps): Consumer {
  const member = new LogMember(deps);
  const done = member.run();
  return {
    joined: member.joined,
    state: () => member.state(),
    // Statements are synchronous. Their errors must become rejections.
    owners: () => Promise.try(() => deps.membership.owners()),
    async stop() {
      member.stop();
      await done;
      await member.leave();
    },
  };
}

class LogMember {
  readonly #deps: LogConsumerDeps;
  readonly #appended: Changes;
  readonly #moved: Changes;
  readonly #owned = new Map<string, Owned>();
  /** Partitions whose batch is being handled. The member keeps them until the batch is done. */
  readonly #busy = new Set<string>();
  readonly #joined = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  #generation = -1;
  #beatAt: number;
  #readFails = false;

  constructor(deps: LogConsumerDeps) {
    this.#deps = deps;
    this.#beatAt = deps.clock.now();
    this.#appended = deps.log.changes();
    this.#moved = deps.groups.changes();
  }

  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  state(): MemberState {
    return {
      assigned: [...this.#owned.keys()],
      halted: [...this.#owned.values()].filter(({ halted }) => halted).map(partitionName),
      stuck: [...this.#owned.values()].flatMap(({ stuck }) => stuck ?? []),
      reachable: elapsedMs(this.#deps.clock, this.#beatAt) < MAX_SILENCE_MS && !this.#readFails,
    };
  }

  async run(): Promise<void> {
    await Promise.all([this.#keepAlive(), this.joined.then(() => this.#readAll())]);
  }

  stop(): void {
    this.#stopping.abort();
    // Ends a member that has not joined yet, too.
    this.#joined.resolve();
  }

  async leave(): Promise<void> {
    await this.#deps.membership.leave();
    this.#owned.clear();
  }

  /** Sends heartbeats independently of reading, also during a long batch. */
  async #keepAlive(): Promise<void> {
    const { membership, subscription: { group }, clock, logger } = this.#deps;
    const { signal } = this.#stopping;
    let lastAt = 0;
    while (!signal.aborted) {
      try {
        const due = elapsedMs(clock, lastAt) >= HEARTBEAT_MS;
        if (due || membership.generation() !== this.#generation) {
          await this.#beat();
          lastAt = this.#beatAt = clock.now();
        }
      } catch (error) {
        logger.warn("group-held", { group, reason: messageOf(error) });
      }
      await this.#moved.wait(HEARTBEAT_MS, signal);
    }
  }

  async #beat(): Promise<void> {
    const { membership } = this.#deps;
    const partitions = await membership.beat(this.#busy, this.#progress());
    this.#generation = membership.generation();
    const names = new Set(partitions.map(partitionName));
    for (const name of this.#owned.keys()) if (!names.has(name)) this.#owned.delete(name);
    for (const partition of partitions) {
      if (this.#owned.has(partitionName(partition))) continue;
      this.#owned.set(partitionName(partition), {
        ...partition,
        next: undefined,
        opened: false,
        halted: false,
        stuck: undefined,
        resting: undefined,
        pauseMs: MIN_PAUSE_MS,
      });
    }
    this.#joined.resolve();
  }

  /** Returns the next position of each partition, where it is known. */
  #progress(): Map<string, number> {
    const progress = new Map<string, number>();
    for (const [name, { next }] of this.#owned) if (next !== undefined) progress.set(name, next);
    return progress;
  }

  async #readAll(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const advanced = await this.#advanceAll();
      if (advanced.includes(true)) await clock.sleep(0);
      else await this.#appended.wait(waitMs([...this.#owned.values()], clock), signal);
    }
  }

  /** Handles a batch of each partition with messages concurrently, so that they share a transaction and the limits of one batch. */
  async #advanceAll(): Promise<boolean[]> {
    const ends = this.#readNextPositions();
    if (ends === undefined) return [];
    const endOf = (name: string) => ends.get(name) ?? 0;
    const isReadable = (one: Owned) => !one.halted && restMs(one, this.#deps.clock) <= 0;
    const behind = [...this.#owned].filter(([name, one]) =>
      isReadable(one) && (!one.opened || (one.next ?? 0) !== endOf(name))
    );
    return await Promise.all(behind.map(([name, one]) => this.#advance(one, endOf(name), 1 / behind.length)));
  }

  /** Returns the ends of the partitions, or undefined while the log cannot be read. */
  #readNextPositions(): Map<string, number> | undefined {
    const { log, subscription: { group }, logger } = this.#deps;
    try {
      const ends = readNextPositions(log.read);
      this.#readFails = false;
      return ends;
    } catch (error) {
      this.#readFails = true;
      logger.warn("group-held", { group, reason: messageOf(error) });
    }
  }

  /** Handles a batch of one partition. Returns whether there was one. */
  async #advance(partition: Owned, head: number, share: number): Promise<boolean> {
    const name = partitionName(partition);
    this.#busy.add(name);
    try {
      return await this.#handleNext(partition, head, share);
    } catch (error) {
      this.#rest(partition, error);
      return false;
    } finally {
      this.#busy.delete(name);
    }
  }

  async #handleNext(partition: Owned, head: number, share: number): Promise<boolean> {
    const { log, messagesIn, subscription } = this.#deps;
    if (!partition.opened) {
      const next = await subscription.open(partition.topic, partition.partition);
      partition.next = next === undefined ? undefined : Number(next);
      partition.opened = true;
      if (Number(next ?? 0) > Number(partition.stuck?.position)) partition.stuck = undefined;
    }
    if ((partition.next ?? 0) === head) return false;
    const messages = readFrom(log.read, partition, partition.next, share, messagesIn);
    if (messages.length === 0) return false;
    const from = partition.next === undefined ? undefined : String(partition.next);
    const next = await subscription.handle({ topic: partition.topic, partition: partition.partition, from, messages });
    partition.next = Number(next);
    partition.pauseMs = MIN_PAUSE_MS;
    partition.stuck = undefined;
    return true;
  }

  /** Pauses a partition after a failure. It is reopened later, unless the log has a gap. */
  #rest(partition: Owned, error: unknown): void {
    const { subscription: { group }, clock, logger } = this.#deps;
    if (error instanceof LogGap) logger.error("partition-halted", { group, reason: error.message });
    if (error instanceof UnreadableRow && partition.stuck === undefined) {
      partition.stuck = this.#noteStuck(partitionName(partition), error.record);
    }
    partition.halted = error instanceof LogGap;
    partition.opened = false;
    partition.resting = { since: clock.now(), forMs: partition.pauseMs };
    partition.pauseMs = Math.min(
      partition.stuck === undefined ? MAX_PAUSE_MS : MAX_STUCK_PAUSE_MS,
      partition.pauseMs * 2,
    );
  }

  #noteStuck(name: string, { position, reason }: UnreadableRow["record"]): StuckPartition {
    const { subscription: { group }, clock, logger } = this.#deps;
    const remedy = remedyFor(name, position, { endIsKnown: true });
    logger.error("partition-stuck", { group, partition: name, position, reason, remedy });
    return { name, position, reason, remedy, since: clock.now() };
  }
}

/** Returns how much of a partition's pause is left. */
const restMs = ({ resting }: Owned, clock: Clock): number =>
  resting === undefined ? 0 : Math.max(0, resting.forMs - elapsedMs(clock, resting.since));

/** Returns how long to wait: until the first pause of a partition ends, at most a second. */
function waitMs(partitions: Owned[], clock: Clock): number {
  const rests = partitions.map((one) => restMs(one, clock)).filter((rest) => rest > 0);
  return Math.max(1, Math.min(MAX_WAIT_MS, ...rests));
}
