import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import { ACTIVITY_TOPICS } from "./messages.ts";

/** The most acts that wait to be stored after their answers, about a megabyte; beyond it answers wait for their acts. */
const MAX_WAITING = 1_000;
/**
 * The time between two groups on average. Everything that follows costs by the transaction more than by the act: the commit, a row of
 * the outbox for each shard, the relay's append, the commits of the consumers.
 */
const GROUP_MS = 25;
/** After as long a quiet time, groups of one act follow each other without a wait until they have made up for it. */
const BURST_MS = 3_000;

/** Records what people look at, behind the answer. */
export type Recorder = {
  /**
   * Resolves at once, or, while many acts wait, when this one is stored. Never rejects: a fault is only logged, as the answer
   * needs no record.
   */
  record(command: Envelope): Promise<void>;
  /** Resolves when all that was given so far is stored or given up. Nothing waits for others any more. */
  flush(): Promise<void>;
};

type RecorderDeps = { bus: MessageBus; clock: Clock; logger: Logger; maxWaiting?: number };
type Group = { commands: Envelope[]; hurry: AbortController; stored: Promise<void> };

/**
 * Acts that come together share a transaction (group commit), so that many of them cost little more than one. Those that come alone
 * are stored at once within the rate and burst of a generic cell rate algorithm (ITU-T I.371).
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
      // In an outage the answer of a commit may be lost, so that a second attempt could count twice.
      if (commands.length > 1 && !(error instanceof Unavailable)) {
        await Promise.all(commands.map((command) => store([command])));
      } else {
        for (const { correlationid } of commands) {
          logger.warn("act-not-recorded", { correlation: correlationid, reason: messageOf(error) });
        }
      }
    }
  }

  /** Acts that came together are many at once, so that the next ones gather. A clock that was set back makes nobody wait for it. */
  function nextDue(acts: number): number {
    const now = clock.now();
    return (acts > 1 ? now : Math.min(now, Math.max(dueAt, now - BURST_MS))) + GROUP_MS;
  }

  function beginGroup(): Group {
    const [commands, hurry]: [Envelope[], AbortController] = [[], new AbortController()];
    const run = async () => {
      // Also without a wait the answer is sent before the act is stored.
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
