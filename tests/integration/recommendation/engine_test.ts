import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import { type Interaction, INTERACTIONS } from "@/domain/recommendation/interaction.ts";
import { SHOP_LISTS } from "@/domain/recommendation/arrivals.ts";
import { DEFAULT_ENGINE, LATELY } from "@/domain/recommendation/neighbours.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { engineOf, readsIn } from "@/tests/support/recommendation/engines.ts";

/** Numbers that look like chance and are the same in every run. */
function numbers(seed: number): () => number {
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

describe("the engine", () => {
  for (const seed of [1, 2, 3]) {
    it(`after quiet its stored lists equal lists made from all rows, also when it was stopped in between (seed ${seed})`, async () => {
      const next = numbers(seed);
      const whole = createMemoryRecommendationStore();
      const store = whole.at(1);
      const start = (owner: string) => engineOf(whole, owner);
      let engine = start("a");
      for (let round = 0; round < 30; round++) {
        const rows = Array.from({ length: 5 }, (): Interaction => ({
          reader: `r${Math.floor(next() * 12)}`,
          book: `b${Math.floor(next() * 15)}`,
          kind: INTERACTIONS[Math.floor(next() * INTERACTIONS.length)]!,
          stars: 4,
          time: round * 10 + Math.floor(next() * 10),
        }));
        await store.uow.run(async ({ interactions, changed }) => {
          await changed.mark((await interactions.put(rows)).map((id) => ({ kind: "reader", id })));
        });
        if (round % 7 === 3) await clock.sleep(3);
        if (round % 10 === 9) {
          await engine.stop();
          engine = start(`after-${round}`);
        }
      }
      await eventually(async () => (await store.marks.oldest(1)).length === 0);
      await engine.stop();
      const anew = new CoOccurrence(DEFAULT_ENGINE);
      for (const [reader, rows] of Map.groupBy(await store.readers.page("", 10_000), (row) => row.reader)) {
        anew.set(reader, rows);
      }
      const all = [...SHOP_LISTS, ...Array.from({ length: 15 }, (_, at) => `b${at}`)];
      const stored = new Map((await store.books.neighbours(all)).map((list) => [list.book, list]));
      expect(stored.size).toBeGreaterThan(10);
      for (const book of all) {
        expect(stored.get(book) ?? { book, readers: 0, neighbours: [] }).toEqual(anew.list(book));
      }
    });
  }

  it("that comes after a crash refreshes the list of a book that a reader has left, though it never knew that reader there", async () => {
    const whole = createMemoryRecommendationStore();
    const store = whole.at(1);
    const start = (owner: string) => engineOf(whole, owner);
    const act = (kind: Interaction["kind"], time: number) =>
      store.uow.run(async ({ interactions, changed }) => {
        const readers = await interactions.put([{ reader: "r", book: "b", kind, stars: 0, time }]);
        await changed.mark(readers.map((id) => ({ kind: "reader", id })));
      });
    const quiet = async () => (await store.marks.oldest(1)).length === 0;
    const first = start("first");
    await act("read", 1);
    await eventually(async () => await quiet() && (await store.books.neighbours(["b"]))[0]?.readers === 1);
    await first.stop();
    await act("dismissed", 2);
    const second = start("second");
    await eventually(quiet);
    expect((await store.books.neighbours(["b", LATELY])).map(({ readers }) => readers)).toEqual([0, 0]);
    await second.stop();
  });

  for (const transactions of [0, 1, 2, 3]) {
    it(`that ends after ${transactions} transactions of a round leaves marks by which the next one makes all lists`, async () => {
      const whole = createMemoryRecommendationStore();
      const { uow, readers, marks, books } = whole.at(1);
      const read = readsIn(uow);
      const quiet = () => eventually(async () => (await marks.oldest(1)).length === 0);
      let left = Infinity;
      const first = engineOf(whole, "first", {
        uow: { run: (work) => left-- > 0 ? uow.run(work) : Promise.reject(new Error("the store is away")) },
      });
      await read("r1", "b1", "b2");
      await quiet();
      // The list of b2 depends on the number of readers of b1, although r2 has nothing to do with b2.
      left = transactions;
      await read("r2", "b1");
      await eventually(() => left < 0, 10_000);
      await first.stop();
      const last = engineOf(whole, "last");
      await quiet();
      await last.stop();
      const anew = new CoOccurrence(DEFAULT_ENGINE);
      for (const [reader, rows] of Map.groupBy(await readers.page("", 100), (row) => row.reader)) {
        anew.set(reader, rows);
      }
      for (const id of ["b1", "b2", ...SHOP_LISTS]) expect((await books.neighbours([id]))[0]).toEqual(anew.list(id));
    });
  }

  it("writes a list again only when it has changed", async () => {
    const whole = createMemoryRecommendationStore();
    const { uow, marks } = whole.at(1);
    const act = (rows: Interaction[]) =>
      uow.run(async ({ interactions, changed }) => {
        await changed.mark((await interactions.put(rows)).map((id) => ({ kind: "reader", id })));
      });
    const quiet = () => eventually(async () => (await marks.oldest(1)).length === 0);
    const read = (reader: string, book: string): Interaction => ({ reader, book, kind: "read", stars: 0, time: 1 });
    const written: string[][] = [];
    const engine = engineOf(whole, "one", {
      uow: {
        run: (work) =>
          uow.run((stores) => {
            const put: typeof stores.lists.put = (lists) => {
              if (lists.length > 0) written.push(lists.map(({ book }) => book).sort());
              return stores.lists.put(lists);
            };
            return work({ ...stores, lists: { put } });
          }),
      },
    });
    await act([read("r1", "b1"), read("r1", "b2"), read("r2", "b3"), read("r2", "b4")]);
    await quiet();
    expect(written.flat().sort()).toEqual([...SHOP_LISTS, "b1", "b2", "b3", "b4"]);
    written.length = 0;
    await uow.run(({ changed }) => changed.mark(["b1", "b2", "b3"].map((id) => ({ kind: "list", id }))));
    await quiet();
    expect(written).toEqual([]);
    await act([read("r3", "b1"), read("r3", "b2")]);
    await quiet();
    expect(written).toEqual([[...SHOP_LISTS, "b1", "b2"]]);
    await engine.stop();
  });

  it("makes all lists again where an engine that does not know the list of all readers has led", async () => {
    const whole = createMemoryRecommendationStore();
    const { uow, marks, books } = whole.at(1);
    const read = readsIn(uow);
    const quiet = () => eventually(async () => (await marks.oldest(1)).length === 0);
    const ids = [...SHOP_LISTS, "b1", "b2", "b3"];
    await read("r1", "b1", "b2");
    await read("r2", "b2", "b3");
    const engine = engineOf(whole, "new");
    await quiet();
    await engine.stop();
    const made = await books.neighbours(ids);
    const byOldFormula = ids.map((book) => ({ book, readers: SHOP_LISTS.includes(book) ? 0 : 7, neighbours: [] }));
    await uow.run(({ lists }) => lists.put(byOldFormula));
    const next = engineOf(whole, "new again");
    await eventually(() => next.state().leading);
    await quiet();
    await next.stop();
    expect(await books.neighbours(ids)).toEqual(made);
  });
});
