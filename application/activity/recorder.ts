import { messageOf } from "@/application/faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { Logger } from "@/application/ports.ts";
import { ACTIVITY_TOPICS } from "./messages.ts";

/** The most acts that wait to be stored after their answers, about a megabyte; beyond it answers wait for their acts. */
const MAX_WAITING = 1_000;

/** Records what people look at, behind the answer. */
export type Recorder = {
  /**
   * Resolves at once, or, while many acts wait, when this one is stored. Never rejects: a fault is only logged, as the answer
   * needs no record.
   */
  record(command: Envelope): Promise<void>;
  /** Resolves when all that was given so far is stored or given up. */
  flush(): Promise<void>;
};

/** The acts that wait share transactions (group commit), so that many of them cost little more than one. */
export function createRecorder(
  { bus, logger, maxWaiting = MAX_WAITING }: { bus: MessageBus; logger: Logger; maxWaiting?: number },
): Recorder {
  const waiting = new Set<Promise<void>>();

  async function store(command: Envelope): Promise<void> {
    try {
      await bus.dispatch(ACTIVITY_TOPICS.commands, [command]);
    } catch (error) {
      logger.warn("act-not-recorded", { correlation: command.correlationid, reason: messageOf(error) });
    }
  }

  return {
    async record(command) {
      const stored = store(command).finally(() => waiting.delete(stored));
      waiting.add(stored);
      if (waiting.size > maxWaiting) await stored;
    },
    async flush() {
      await Promise.all(waiting);
    },
  };
}
