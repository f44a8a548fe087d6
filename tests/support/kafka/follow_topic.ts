import type { EventLog, Incoming } from "@/application/messaging/wire/event_log.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { text } from "@/tests/support/samples.ts";

/** Reads a whole topic in a group of its own, and stores its positions as a store would. */
export function followTopic(log: EventLog, topic: string) {
  const seen: Incoming[] = [];
  const positions = new Map<string, string>();
  const consumer = log.subscribe({
    group: `follow-${crypto.randomUUID()}`,
    topics: [topic],
    open: (topic, partition) => Promise.resolve(positions.get(`${topic}/${partition}`)),
    handle({ topic, partition, messages }) {
      seen.push(...messages);
      positions.set(`${topic}/${partition}`, messages.at(-1)!.next);
      return Promise.resolve(messages.at(-1)!.next);
    },
  });
  return {
    ...consumer,
    seen,
    positions,
    /** The read messages, once there are `count` of them. */
    async until(count: number): Promise<(string | null)[]> {
      await eventually(() => seen.length >= count, 30_000);
      return seen.map(({ value }) => text(value));
    },
    first: () => seen[0]!,
    last: () => seen.at(-1)!,
  };
}
