import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Fenced } from "@/application/faults.ts";
import { createCommit } from "@/application/messaging/consuming/commit.ts";
import { createConsumerMeter } from "@/application/messaging/consuming/meter.ts";
import type { ConsumerStores, PositionKey } from "@/application/messaging/consuming/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";

let number = 0;
/** A position's key, of a consumer that no other test has. */
export const positionKey = (): PositionKey => (
  { consumer: `c${++number}`, version: 1, logId: "log", topic: "t", partition: 0 }
);
const PARTITIONS = [0, 1, 2, 10, 11];

/** What a store promises of consumed positions: one owner each, locked and moved together, and only by who owns all of them. */
export function positionRules(made: () => StoreUnderTest<WebStore>): void {
  const key = positionKey;
  it("claim() raises the epoch and keeps the position; move() is seen by the next claim", async () => {
    const at = key();
    expect(await made().store.uow.run(({ positions }) => positions.claim(at, "a"))).toEqual({
      next: undefined,
      epoch: 1,
    });
    await made().store.uow.run(({ positions }) => positions.move([{ key: at, next: "41" }]));
    expect(await made().other.uow.run(({ positions }) => positions.claim(at, "b"))).toEqual({ next: "41", epoch: 2 });
    expect(await made().store.uow.run(({ positions }) => positions.lock([at]))).toEqual([{ next: "41", epoch: 2 }]);
  });

  it("positions of another version, log, topic or partition are others", async () => {
    const at = key();
    await made().store.uow.run(async ({ positions }) => {
      await positions.claim(at, "a");
      await positions.move([{ key: at, next: "5" }]);
    });
    const others = [{ version: 2 }, { logId: "log2" }, { topic: "u" }, { partition: 1 }];
    const keys = others.map((other) => ({ ...at, ...other }));
    expect(await made().store.uow.run(({ positions }) => positions.lock(keys))).toEqual(others.map(() => undefined));
    await made().store.uow.run(({ positions }) => positions.claim({ ...at, logId: "log2" }, "a"));
    expect((await made().store.uow.run(({ positions }) => positions.logs(at.consumer))).sort()).toEqual([
      "log",
      "log2",
    ]);
  });

  it("list() gives the positions of one consumer, version and log, also of partitions that were never read", async () => {
    const at = key();
    const claim = (own: Partial<PositionKey>, next?: string) =>
      made().store.uow.run(async ({ positions }) => {
        await positions.claim({ ...at, ...own }, "a");
        if (next !== undefined) await positions.move([{ key: { ...at, ...own }, next }]);
      });
    await claim({}, "5");
    await claim({ partition: 1 });
    await claim({ topic: "u" }, "7~1~6");
    for (const other of [{ consumer: `${at.consumer}x` }, { version: 2 }, { logId: "log2" }]) await claim(other, "9");
    const listed = await made().other.uow.run(({ positions }) => positions.list(at));
    const byName = (a: { topic: string; partition: number }, b: typeof a) =>
      `${a.topic}${a.partition}` < `${b.topic}${b.partition}` ? -1 : 1;
    expect(listed.toSorted(byName)).toEqual([
      { topic: "t", partition: 0, next: "5" },
      { topic: "t", partition: 1, next: undefined },
      { topic: "u", partition: 0, next: "7~1~6" },
    ]);
  });

  it("versionsAt() gives the position of each version of one consumer in a partition of a log", async () => {
    const at = key();
    for (const own of [{}, { version: 2 }, { version: 3 }, { consumer: "x" }, { partition: 1 }, { logId: "log2" }]) {
      await made().store.uow.run(({ positions }) => positions.claim({ ...at, ...own }, "a"));
    }
    await made().store.uow.run(({ positions }) => positions.move([{ key: { ...at, version: 2 }, next: "9" }]));
    const found = await made().other.uow.run(({ positions }) => positions.versionsAt(at));
    expect(found.toSorted((a, b) => a.version - b.version)).toEqual([
      { version: 1, next: undefined },
      { version: 2, next: "9" },
      { version: 3, next: undefined },
    ]);
  });

  /** Several partitions' keys, claimed. */
  async function claimed(): Promise<PositionKey[]> {
    const at = key();
    const keys = PARTITIONS.map((partition) => ({ ...at, partition }));
    for (const one of keys) await made().store.uow.run(({ positions }) => positions.claim(one, "a"));
    return keys;
  }
  const nextOf = async (keys: PositionKey[]) =>
    (await made().other.uow.run(({ positions }) => positions.lock(keys))).map((position) => position?.next);

  it("lock() and move() take several partitions, each for itself, and leave the others", async () => {
    const keys = await claimed();
    const [first, , third, fourth] = keys as [PositionKey, PositionKey, PositionKey, PositionKey];
    const elsewhere = { ...first, topic: "u" };
    await made().other.uow.run(({ positions }) => positions.claim(third, "b"));
    await made().other.uow.run(({ positions }) => positions.claim(elsewhere, "b"));
    await made().store.uow.run(({ positions }) =>
      positions.move([{ key: fourth, next: "9" }, { key: elsewhere, next: "7~1~6" }, { key: first, next: "10" }])
    );
    expect(await nextOf(keys)).toEqual(["10", undefined, undefined, "9", undefined]);
    const unknown = { ...first, partition: 99 };
    expect(await made().store.uow.run(({ positions }) => positions.lock([third, unknown, elsewhere, fourth]))).toEqual([
      { next: undefined, epoch: 2 },
      undefined,
      { next: "7~1~6", epoch: 1 },
      { next: "9", epoch: 1 },
    ]);
  });

  it("move() stores no position that nobody has claimed", async () => {
    const keys = [0, 1].map((partition) => ({ ...key(), partition }));
    await made().store.uow.run(({ positions }) => positions.move(keys.map((one) => ({ key: one, next: "5" }))));
    expect(await nextOf(keys)).toEqual([undefined, undefined]);
    expect(await made().store.uow.run(({ positions }) => positions.lock(keys))).toEqual([undefined, undefined]);
  });

  it("transactions run one after the other, from every handle: none sees half of another", async () => {
    const keys = await claimed();
    const add = (store: WebStore, own: PositionKey[]) =>
      store.uow.run(async ({ positions }) => {
        const stored = await positions.lock(own);
        await positions.move(own.map((one, at) => ({ key: one, next: String(Number(stored[at]!.next ?? 0) + 1) })));
      });
    const reversed = keys.toReversed();
    await Promise.all(
      Array.from({ length: 100 }, (_, turn) => turn % 2 === 0 ? add(made().store, keys) : add(made().other, reversed)),
    );
    expect(await nextOf(keys)).toEqual(keys.map(() => "100"));
  });

  for (
    const [what, take] of [
      ["has another owner", (one: PositionKey) => made().other.uow.run(({ positions }) => positions.claim(one, "b"))],
      [
        "was moved meanwhile",
        (one: PositionKey) => made().other.uow.run(({ positions }) => positions.move([{ key: one, next: "3" }])),
      ],
    ] as const
  ) {
    it(`a transaction of several partitions of which one ${what} stores nothing`, async () => {
      const keys = await claimed();
      const effect = `effect${++number}`;
      const commit = committing(made().store, effect);
      const batches = (own: PositionKey[], next: string | undefined, epoch: number) =>
        own.map((one) => ({ cursor: { key: one, next, epoch }, messages: [skipped(one, "5")] }));
      await take(keys[3]!);
      const before = await nextOf(keys);
      await expect(commit(batches(keys, undefined, 1))).rejects.toThrow(Fenced);
      expect(await nextOf(keys)).toEqual(before);
      const noted = () => made().other.uow.run(({ inbox }) => inbox.addNew(effect, ["once"]));
      expect((await noted()).size).toBe(1);
      // The others go on without it.
      await commit(batches(keys.toSpliced(3, 1), undefined, 1));
      expect(await nextOf(keys)).toEqual(["5", "5", "5", before[3], "5"]);
    });
  }
}

/** A message of a type that nobody handles. */
const skipped = ({ topic, partition }: PositionKey, next: string) => ({
  message: { topic, partition, position: "4", next, timestamp: 0, key: null, headers: {}, value: null },
  order: "none" as const,
  kind: "skip" as const,
});

/** Commits to the store; each transaction also notes an id for the consumer `effect`. */
function committing({ uow }: WebStore, effect: string) {
  const sink: Sink<ConsumerStores> = {
    types: [],
    maxMessages: 100,
    classify: ({ data }) => ({ kind: "handle", data }),
    order: () => "none",
    async handle({ before, after }) {
      await uow.run(async (stores) => {
        await stores.inbox.addNew(effect, ["once"]);
        await before(stores);
        await after(stores);
      });
      return [];
    },
  };
  const { meter, tracer } = noTelemetry;
  return createCommit({
    sink,
    clock,
    logger,
    tracer,
    meter: createConsumerMeter(meter, "c", sink.types),
  });
}
