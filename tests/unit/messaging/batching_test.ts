import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import { batchPartitions } from "@/application/messaging/consuming/batching.ts";
import type { PartitionBatch } from "@/application/messaging/consuming/commit.ts";
import { Delivery } from "@/application/messaging/consuming/delivery.ts";
import { createConsumerMeter } from "@/application/messaging/consuming/meter.ts";
import type { ConsumerStores } from "@/application/messaging/consuming/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const message = (topic: string, partition: number, at = 0): Incoming => ({
  topic,
  ...encode({ id: `${partition}-${at}`, source: "/t", type: "t", data: {} }, "k"),
  partition,
  position: String(at),
  next: String(at + 1),
  timestamp: 0,
});
const cursor = (partition: number, topic = "t") => ({
  key: { consumer: "c", version: 1, logId: "l", topic, partition },
  next: undefined,
  epoch: 1,
});
const batch = (partition: number, messages = 1, topic = "t"): PartitionBatch => ({
  cursor: cursor(partition, topic),
  messages: Array.from({ length: messages }, (_, at) => ({
    message: message(topic, partition, at),
    order: "none",
    kind: "skip",
  })),
});
const nameOf = ({ cursor: { key } }: PartitionBatch) => `${key.topic}${key.partition}`;

/** Transactions that wait until they are let go, each by the names of the partitions in it. */
function transactions(fails: (names: string[]) => boolean = () => false) {
  const begun: string[][] = [];
  const open: (() => void)[] = [];
  return {
    begun,
    async run(names: string[]) {
      begun.push(names);
      await new Promise<void>((resolve) => open.push(resolve));
      if (fails(names)) throw new Error(`fails: ${names}`);
    },
    async letGo() {
      open.shift()!();
      await nextTurn();
    },
  };
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const clock = { now: () => 0, sleep: nextTurn };

/** Calls for each item: for the first two in turns of their own, so that the others wait for them. */
async function eachBehindTwo<Item, Result>(items: Item[], call: (item: Item) => Promise<Result>) {
  const results: Promise<Result>[] = [];
  for (const [at, item] of items.entries()) {
    results.push(call(item));
    if (at < 2) await nextTurn();
  }
  return results;
}

describe("batches that wait at the same time", () => {
  const commitBy = ({ run }: ReturnType<typeof transactions>) => async (batches: PartitionBatch[]) => {
    await run(batches.map(nameOf));
    return batches.map(({ messages }) => ({ next: "1", handled: 0, skipped: messages.length, parked: 0 }));
  };

  it("go together, in the order of partitions, one topic at a time and no more than fits", async () => {
    const all = transactions();
    const { begun, letGo } = all;
    const commit = batchPartitions(commitBy(all), { maxMessages: 10, clock });
    const waiting = [batch(5), batch(4), batch(3, 4), batch(1, 6), batch(2, 1), batch(9, 2, "other"), batch(0, 30)];
    const committed = Promise.all(await eachBehindTwo(waiting, commit));
    expect(begun).toEqual([["t5"], ["t4"]]);
    await letGo();
    expect(begun[2]).toEqual(["t1", "t3"]);
    await letGo();
    expect(begun[3]).toEqual(["t2"]);
    await letGo();
    expect(begun[4]).toEqual(["other9"]);
    await letGo();
    expect(begun[5]).toEqual(["t0"]);
    await letGo();
    await letGo();
    expect((await committed).map(({ skipped }) => skipped)).toEqual([1, 1, 4, 6, 1, 2, 30]);
  });

  it("go together when a fetch hands them over one after another, each some steps behind the one before", async () => {
    const all = transactions();
    const { begun, letGo } = all;
    const commit = batchPartitions(commitBy(all), { maxMessages: 10, clock });
    const committed: Promise<unknown>[] = [];
    for (const partition of [2, 0, 1]) {
      committed.push(commit(batch(partition)));
      for (let step = 0; step < 20; step++) await Promise.resolve();
    }
    await nextTurn();
    expect(begun).toEqual([["t0", "t1", "t2"]]);
    await letGo();
    await Promise.all(committed);
  });

  it("are all told when the transaction that they share fails, and the queue goes on", async () => {
    const all = transactions((names) => names.includes("t2"));
    const { begun, letGo } = all;
    const commit = batchPartitions(commitBy(all), { maxMessages: 10, clock });
    const waiting = [batch(8), batch(9), batch(1), batch(2), batch(3), batch(7, 10)];
    const answers = Promise.allSettled(await eachBehindTwo(waiting, commit));
    for (let turn = 0; turn < 4; turn++) await letGo();
    expect(begun.slice(2)).toEqual([["t1", "t2", "t3"], ["t7"]]);
    expect((await answers).map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
  });
});

describe("partitions that are delivered at the same time", () => {
  it("answer each for itself when their transaction fails", async () => {
    const { begun, run, letGo } = transactions((names) => names.includes("t2"));
    const sink: Sink<ConsumerStores> = {
      types: ["t"],
      maxMessages: 10,
      classify: ({ data }) => ({ kind: "handle", data }),
      order: () => "none",
      async handle({ received }) {
        await run(received.map(({ message: { topic, partition } }) => `${topic}${partition}`));
        return [];
      },
    };
    const stopping = new AbortController();
    // The retry of the one that fails ends as the consumer stops.
    const sleep = (milliseconds: number) => milliseconds === 0 ? nextTurn() : Promise.resolve(stopping.abort());
    const meter = createConsumerMeter(noTelemetry.meter, "c", sink.types);
    const delivery = new Delivery({
      sink,
      clock: { ...clock, sleep },
      logger,
      meter,
      tracer: noTelemetry.tracer,
      stopping: stopping.signal,
    });
    const deliver = (partition: number) =>
      Array.fromAsync(delivery.deliver(cursor(partition), [message("t", partition)], { alone: false }));
    const answers = Promise.allSettled(await eachBehindTwo([8, 9, 1, 2, 3], deliver));
    await nextTurn();
    for (let turn = 0; turn < 3; turn++) await letGo();
    expect(begun.slice(2)).toEqual([["t1", "t2", "t3"], ["t1"], ["t2"], ["t3"]]);
    for (let turn = 0; turn < 3; turn++) await letGo();
    expect((await answers).map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });
});
