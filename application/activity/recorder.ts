import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import { ACTIVITY_TOPICS } from "./messages.ts";

/** How many acts may wait to be stored after their answers, about a megabyte. Beyond it answers wait for their acts. */
const MAX_WAITING = 1_000;
/**
 * The mean time between two groups. Most of the later cost is per transaction: the commit, an outbox row for each shard,
 * the relay's append and the commits of the consumers.
 */
const GROUP_MS = 25;
/** After this long without acts, single acts are stored without a wait until they have used that credit. */
const BURST_MS = 3_000;

/** Records views and searches after their answers. */
export type Recorder = {
  /**
   * Resolves at once, or when the act is stored while many acts wait. Never rejects: a fault is only logged, because the
   * answer does not depend on it.
   */
  record(command: Envelope): Promise<void>;
  /** Stores all waiting acts without delay. Resolves when they are stored or given up. */
  flush(): Promise<void>;
};

type RecorderDeps = { bus: MessageBus; clock: Clock; logger: Logger; maxWaiting?: number };
type Group = { commands: Envelope[]; hurry: AbortController; stored: Promise<void> };

/**
 * Concurrent acts share a transaction (group commit). A single act is stored at once, within the rate and burst of a
 * generic cell rate algorithm (ITU-T I.371).
 */
export function createRecorder({ bus, clock, logger, maxWaiting = MAX_WAITING }: RecorderDeps): Recorder {
  const groups = new Set<Group>();
  let gathering: Group | undefined;
  /** When the next group is due. */
  let dueAt = -Infinity;
  let waiting = 0;

  const dispatch = (commands: Envelope[]) => bus.dispatch(ACTIVITY_TOPICS.commands, commands, { asynchronous: true });

  async function store(commands: Envelope[]): Promise<void> {
    try {
      await dispatch(commands);
    } catch (error) {
      // In an outage the answer to a commit may be lost, so a second attempt could count twice.
      if (commands.length > 1 && !(error instanceof Unavailable)) {
        await Promise.all(commands.map((command) => store([command])));
      } else {
        for (const { correlationid } of commands) {
          logger.warn("act-not-recorded", { correlation: correlationid, reason: messageOf(error) });
        }
      }
    }
  }

  /** A group of several acts shows load, so the next group waits longer. A clock that was set back delays nobody. */
  function nextDue(acts: number): number {
    const now = clock.now();
    return (acts > 1 ? now : Math.min(now, Math.max(dueAt, now - BURST_MS))) + GROUP_MS;
  }

  function beginGroup(): Group {
    const [commands, hurry]: [Envelope[], AbortController] = [[], new AbortController()];
    const run = async () => {
      // Even a sleep of 0 lets the answer be sent before the act is stored.
      await clock.sleep(Math.min(GROUP_MS, Math.max(0, dueAt - clock.now())), hurry.signal);
      gathering = undefined;
      dueAt = nextDue(commands.length);
      await store(commands);
      waiting -= commands.length;
      groups.delete(group);
    };
    const group: Group = { commands, hurry, stored: run() };
    groups.add(group);
    return group;
  }

  return {
    async record(command) {
      gathering ??= beginGroup();
      gathering.commands.push(command);
      if (++waiting > maxWaiting) await gathering.stored;
    },
    async flush() {
      gathering?.hurry.abort();
      await Promise.all([...groups].map(({ stored }) => stored));
    },
  };
}
