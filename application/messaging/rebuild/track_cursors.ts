import { type Cursor, type EventLog, partitionName } from "@/application/messaging/wire/event_log.ts";

/** Wraps a log to record the cursors of its subscriber. `cursors` returns them, always in the same order. */
export function trackCursors(log: EventLog, start: Cursor[]): { log: EventLog; cursors(): Cursor[] } {
  const cursors = new Map(start.map((cursor) => [partitionName(cursor), cursor]));
  return {
    cursors: () => [...cursors.values()],
    log: {
      ...log,
      subscribe: (subscription) =>
        log.subscribe({
          ...subscription,
          async open(topic, partition) {
            const next = await subscription.open(topic, partition);
            // This is further than the last cursor when a commit was stored and only its answer was lost.
            cursors.set(partitionName({ topic, partition }), { topic, partition, next });
            return next;
          },
          async handle(batch) {
            const { topic, partition } = batch;
            const next = await subscription.handle(batch);
            cursors.set(partitionName(batch), { topic, partition, next });
            return next;
          },
          async advance(range) {
            await subscription.advance?.(range);
            const { topic, partition, next } = range;
            cursors.set(partitionName(range), { topic, partition, next });
          },
        }),
    },
  };
}
