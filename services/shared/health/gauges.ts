import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { Meter, Reading } from "@/application/shared/observability/metrics.ts";
import type { Readiness } from "./readiness.ts";

type Watched = {
  ready: (verbose: boolean) => Promise<Readiness>;
  deadLetters: DeadLetterReader;
  /** Set when this process relays the outbox. */
  outbox?: OutboxQueue;
};

/** Exports the state of a service's parts as metrics. */
export function watchService(meter: Meter, { ready, deadLetters, outbox }: Watched): void {
  watchParts(meter, ready);
  watchDeadLetters(meter, deadLetters);
  if (outbox !== undefined) watchOutbox(meter, outbox);
}

/** Exports a consumer's lag in every partition, of all owners, and which partitions of this process are halted. */
export function watchConsumer(meter: Meter, consumer: RunningConsumer): void {
  meter.watch(async () =>
    (await consumer.lag()).flatMap(({ topic, partition, messages, seconds }): Reading[] => {
      const labels = { consumer: consumer.name, topic, partition: String(partition) };
      return [
        { name: "bookstream_consumer_lag_messages", labels, value: messages },
        { name: "bookstream_consumer_lag_seconds", labels, value: seconds },
      ];
    })
  );
  meter.watch(() => {
    const { assigned, failing, halted, stuck } = consumer.state();
    const labelsOf = (name: string) => {
      const [topic = "", partition = ""] = name.split("/");
      return { consumer: consumer.name, topic, partition };
    };
    const stuckAt = new Map(stuck.map(({ name, position }) => [name, Number(position)]));
    return Promise.resolve([
      {
        name: "bookstream_consumer_failing",
        labels: { consumer: consumer.name },
        value: failing === undefined ? 0 : 1,
      },
      ...assigned.flatMap((name): Reading[] => [
        { name: "bookstream_consumer_halted", labels: labelsOf(name), value: halted.includes(name) ? 1 : 0 },
        { name: "bookstream_consumer_stuck", labels: labelsOf(name), value: stuckAt.has(name) ? 1 : 0 },
      ]),
      ...[...stuckAt].map(([name, value]): Reading => (
        { name: "bookstream_consumer_stuck_position", labels: labelsOf(name), value }
      )),
    ]);
  });
}

/** Exports the size and the age of the outbox. */
function watchOutbox(meter: Meter, outbox: OutboxQueue): void {
  meter.watch(async () => [
    { name: "bookstream_outbox_rows", labels: {}, value: await outbox.size() },
    { name: "bookstream_outbox_oldest_seconds", labels: {}, value: (await outbox.ageMs() ?? 0) / 1_000 },
  ]);
}

/** Exports how many dead letters wait for an operator. */
function watchDeadLetters(meter: Meter, deadLetters: DeadLetterReader): void {
  meter.watch(async () => [{ name: "bookstream_dead_letters", labels: {}, value: await deadLetters.count() }]);
}

/** Exports which parts are ready. */
function watchParts(meter: Meter, ready: (verbose: boolean) => Promise<Readiness>): void {
  meter.watch(async () =>
    Object.entries((await ready(false)).parts).map(([part, { ok }]): Reading => (
      { name: "bookstream_part_ready", labels: { part }, value: ok ? 1 : 0 }
    ))
  );
}
