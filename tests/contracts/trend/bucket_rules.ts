import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { TrendStore } from "@/application/trend/ports.ts";
import { BUCKET_MS } from "@/domain/trend/window.ts";
import { T0 } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

let number = 0;

/** What a trend store promises of buckets that are read again and again: they are what is committed, whoever has written it. */
export function bucketRules(made: () => StoreUnderTest<TrendStore>): void {
  const keyed = () => `again${++number}`;
  const bucket = (key: string, count = 1, start = T0) => (
    { subject: "book" as const, key, kind: "viewed" as const, start, count, weight: 10 * count }
  );
  /** The counts of a key, oldest first, as a process reads them that has read them before. */
  const read = async (key: string, from?: number) =>
    (await made().store.at(1).view.buckets("book", [key, "none"], from)).get(key)!.map(({ count }) => count);
  const add = (store: TrendStore, ...buckets: ReturnType<typeof bucket>[]) =>
    store.at(1).uow.run(({ counts }) => counts.add(buckets));

  it("buckets that were read before have what this process and others have added since", async () => {
    const [one, two] = [keyed(), keyed()];
    await add(made().store, bucket(one), bucket(two));
    expect([await read(one), await read(two)]).toEqual([[1], [1]]);
    await add(made().store, bucket(one));
    expect([await read(one), await read(two)]).toEqual([[2], [1]]);
    await add(made().other, bucket(two, 5), bucket(two, 3, T0 + BUCKET_MS));
    expect([await read(one), await read(two)]).toEqual([[2], [6, 3]]);
    await add(made().store, bucket(two, -6));
    expect([await read(one), await read(two)]).toEqual([[2], [3]]);
  });

  it("buckets from a time on are those, whatever was read before", async () => {
    const key = keyed();
    await add(made().store, ...[1, 2, 3].map((count) => bucket(key, count, T0 + count * BUCKET_MS)));
    const from = T0 + 2 * BUCKET_MS;
    const reads = [
      await read(key, from),
      await read(key),
      await read(key, from),
      await read(key, from + BUCKET_MS + 1),
    ];
    expect(reads).toEqual([[2, 3], [1, 2, 3], [2, 3], []]);
  });

  it("buckets are as before while a transaction that changes them is open, and after it has failed", async () => {
    const key = keyed();
    await add(made().store, bucket(key));
    const seen = [await read(key)];
    const failing = made().store.at(1).uow.run(async ({ counts }) => {
      await counts.add([bucket(key, 7)]);
      seen.push(await read(key));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    seen.push(await read(key));
    let late: Promise<number[]> | undefined;
    await made().store.at(1).uow.run(async ({ counts }) => {
      await counts.add([bucket(key, 2)]);
      late = read(key);
    });
    await late;
    seen.push(await read(key));
    expect(seen).toEqual([[1], [1], [1], [3]]);
  });
}
