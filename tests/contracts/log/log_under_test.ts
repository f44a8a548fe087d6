import type { Batch, Consumer, EventLog, Incoming } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { text } from "@/tests/support/samples.ts";

/**
 * A log with four partitions, and another handle on it as a second process would have. `largest`: how many bytes of a value
 * it takes at most, `any` where messages as large as the suite can make them are taken.
 */
export type LogUnderTest = {
  log: EventLog & LogHistory;
  other: EventLog & LogHistory;
  /** Removes a partition's messages before the place, as retention does. */
  truncate(topic: string, partition: number, before: string): Promise<void>;
  /** Adds something to the end of a partition that no reader can read. */
  addUnreadable(topic: string, partition: number): Promise<void>;
  largest: number | "any";
  close(): Promise<void>;
};

let number = 0;
/** A topic and a group that nobody has used. */
export const fresh = () => ({ topic: `topic.${++number}`, group: `group-${number}` });

/** Follows a topic into a list, from the positions given. */
export function follow(
  log: EventLog,
  group: string,
  topic: string,
  options: { from?: Map<string, string>; handle?: (batch: Batch) => void } = {},
) {
  const seen: Incoming[] = [];
  const positions = options.from ?? new Map<string, string>();
  const consumer: Consumer = log.subscribe({
    group,
    topics: [topic],
    open: (topic, partition) => Promise.resolve(positions.get(`${topic}/${partition}`)),
    handle: (batch) => {
      options.handle?.(batch);
      seen.push(...batch.messages);
      const next = batch.messages.at(-1)!.next;
      positions.set(`${batch.topic}/${batch.partition}`, next);
      return Promise.resolve(next);
    },
  });
  return { seen, positions, consumer, values: () => seen.map((one) => text(one.value)) };
}
