import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { Unavailable } from "@/application/faults.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { TrendStores } from "@/application/trend/ports.ts";
import { byHand, consumer } from "@/tests/support/trend/trend_consumer.ts";

const PARTITIONS = [0, 1, 2, 3, 4];

/** A consumer that has opened five partitions, the sizes of its transactions, and what they are told. */
async function opened(change: (sink: Sink<TrendStores>) => Sink<TrendStores> = (sink) => sink) {
  const { log, subscriptions, batchOf } = byHand();
  const sizes: number[] = [];
  const sink = (inner: Sink<TrendStores>) =>
    change({
      ...inner,
      handle(handling) {
        sizes.push(handling.received.length);
        return inner.handle(handling);
      },
    });
  const store = createMemoryTrendStore();
  const one = await consumer(log, { store, sink });
  const [{ open, handle }] = subscriptions as [(typeof subscriptions)[0]];
  for (const partition of PARTITIONS) await open(TOPICS.activityEvents, partition);
  /** Two messages for each partition, all at once. */
  const deliver = (from: number) =>
    Promise.allSettled(
      PARTITIONS.map((at) => handle(batchOf(at, from, `r${at}-${from}`, `r${at}-${from + 1}`))),
    );
  /** Where another owner is told to read on. */
  async function positions(): Promise<(string | undefined)[]> {
    await consumer(log, { store, owner: "two" });
    const found: (string | undefined)[] = [];
    for (const partition of PARTITIONS) found.push(await subscriptions.at(-1)!.open(TOPICS.activityEvents, partition));
    return found;
  }
  return { ...one, log, store, subscriptions, sizes, open, deliver, positions };
}

const fulfilled = (answers: PromiseSettledResult<unknown>[]) => answers.map(({ status }) => status === "fulfilled");

describe("partitions that have messages at the same time", () => {
  it("share a transaction, which moves all of their positions", async () => {
    const { deliver, sizes, tally, positions } = await opened();
    expect(fulfilled(await deliver(0))).toEqual([true, true, true, true, true]);
    expect(sizes).toEqual([10]);
    expect(fulfilled(await deliver(2))).toEqual([true, true, true, true, true]);
    expect(await tally()).toBe(20);
    expect(await positions()).toEqual(["4", "4", "4", "4", "4"]);
  });

  it("do not hinder each other when one of them is another's by now", async () => {
    const { deliver, log, store, subscriptions, tally, positions } = await opened();
    await consumer(log, { store, owner: "thief" });
    await subscriptions[1]!.open(TOPICS.activityEvents, 3);
    expect(fulfilled(await deliver(0))).toEqual([true, true, true, false, true]);
    expect(fulfilled(await deliver(2))).toEqual([true, true, true, false, true]);
    expect(await tally()).toBe(16);
    expect(await positions()).toEqual(["4", "4", "4", undefined, "4"]);
  });

  it("park what cannot be handled in one of them, and handle the others", async () => {
    const { deliver, tally, letters, positions } = await opened((inner) => ({
      ...inner,
      handle: (handling) =>
        handling.received.some(({ message }) => message.partition === 3 && message.position === "1")
          ? Promise.reject(new TypeError("a bug"))
          : inner.handle(handling),
    }));
    expect(fulfilled(await deliver(0))).toEqual([true, true, true, true, true]);
    expect(await tally()).toBe(9);
    expect((await letters()).map(({ message }) => [message.partition, message.position])).toEqual([[3, "1"]]);
    expect(await positions()).toEqual(["2", "2", "2", "2", "2"]);
  });

  it("are delivered again without harm when the answer to a commit was lost", async () => {
    let lost = 0;
    const { deliver, open, sizes, tally } = await opened((inner) => ({
      ...inner,
      async handle(handling) {
        const repeated = await inner.handle(handling);
        if (handling.received.length > 2 && lost++ === 0) throw new Unavailable("the answer was lost");
        return repeated;
      },
    }));
    expect(fulfilled(await deliver(0))).toEqual([false, false, false, false, false]);
    // An outage is not looked for in each of them.
    expect(sizes).toEqual([10]);
    const next: (string | undefined)[] = [];
    for (const partition of PARTITIONS) next.push(await open(TOPICS.activityEvents, partition));
    expect(next).toEqual(["2", "2", "2", "2", "2"]);
    expect(await tally()).toBe(10);
  });

  it("are each tried apart after an outage", async () => {
    let down = true;
    const { deliver, open, sizes, tally } = await opened((inner) => ({
      ...inner,
      handle: (handling) => down ? Promise.reject(new Unavailable("down")) : inner.handle(handling),
    }));
    expect(fulfilled(await deliver(0))).toEqual([false, false, false, false, false]);
    down = false;
    for (const partition of PARTITIONS) await open(TOPICS.activityEvents, partition);
    expect(fulfilled(await deliver(0))).toEqual([true, true, true, true, true]);
    expect(sizes.filter((size) => size === 1).length).toBeGreaterThanOrEqual(5);
    expect(await tally()).toBe(10);
  });
});

describe("a consumer that is to stop in the middle of a batch", () => {
  it("begins no further chunk, and says where it is", async () => {
    const { log, subscriptions, batch } = byHand();
    let stop = () => Promise.resolve();
    const one = await consumer(log, {
      sink: (inner) => ({
        ...inner,
        maxMessages: 2,
        async handle(handling) {
          const repeated = await inner.handle(handling);
          await stop();
          return repeated;
        },
      }),
    });
    stop = one.stop;
    await subscriptions[0]!.open(TOPICS.activityEvents, 0);
    expect(await subscriptions[0]!.handle(batch(0, "r1", "r2", "r3", "r4", "r5"))).toBe("2");
    expect(await one.tally()).toBe(2);
  });
});
