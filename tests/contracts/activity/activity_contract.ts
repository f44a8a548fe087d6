import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { WebStore } from "@/application/storefront/ports.ts";
import { withFirstResults } from "@/services/web/first_results.ts";
import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import { book, message, text } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

/** What the activity module's stores promise. `concurrent`: transactions run beside each other. */
export function activityContract(
  name: string,
  make: () => Promise<StoreUnderTest<WebStore>>,
  { concurrent }: { concurrent: boolean },
): void {
  describe(`activity: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    before(async () => {
      made = await make();
      await made.store.uow.run(({ books }) => books.save(book("b1", { title: "Zeppelin Days", popularity: 3 })));
    });
    after(() => made?.close());

    it("knows which books exist", async () => {
      expect(await made.store.uow.run(({ knownBooks }) => knownBooks.has(["b1"]))).toEqual(new Set(["b1"]));
      expect(await made.store.uow.run(({ knownBooks }) => knownBooks.has(["b2", "b1", "b3"]))).toEqual(new Set(["b1"]));
    });

    it("finds the first results of a query, as search does", async () => {
      expect(await withFirstResults(made.store.uow).run(({ firstResults }) => firstResults.of("zeppelin"))).toEqual({
        results: 1,
        books: ["b1"],
      });
      expect(await withFirstResults(made.store.uow).run(({ firstResults }) => firstResults.of("nothing"))).toEqual({
        results: 0,
        books: [],
      });
    });

    it("tells a new act id from one with the same act and one with another", async () => {
      const note = (id: string, fingerprint: string) =>
        made.store.uow.run(({ actIds }) => actIds.note(id, fingerprint, 1));
      expect([await note("i1", "f"), await note("i1", "f"), await note("i1", "g"), await note("i2", "f")]).toEqual([
        "new",
        "same",
        "other",
        "new",
      ]);
    });

    it("tells them apart within one transaction too", async () => {
      const told = await made.store.uow.run(async ({ actIds }) => [
        await actIds.note("w1", "f", 1),
        await actIds.note("w1", "g", 1),
        await actIds.note("w1", "f", 1),
      ]);
      expect(told).toEqual(["new", "other", "same"]);
    });

    it("forgets old act ids, so many at a time, and no others", async () => {
      const purge = (before: number, most: number) => made.other.uow.run(({ actIds }) => actIds.purge(before, most));
      const note = (id: string, now: number) => made.store.uow.run(({ actIds }) => actIds.note(id, "f", now));
      while (await purge(100, 100) > 0);
      for (const [at, id] of ["p1", "p2", "p3", "p4"].entries()) await note(id, 1000 + at);
      expect([await purge(1003, 2), await purge(1003, 2), await purge(1003, 2)]).toEqual([2, 1, 0]);
      expect([await note("p1", 2000), await note("p4", 2000)]).toEqual(["new", "same"]);
    });

    it("keeps what a reader says about books, newest first", async () => {
      await made.store.uow.run(async ({ readerBooks }) => {
        await readerBooks.put({ reader: "r1", book: "b1", shelf: "want", dismissed: false, time: 10 });
        await readerBooks.put({ reader: "r1", book: "b2", rating: 5, dismissed: false, time: 30 });
        await readerBooks.put({ reader: "r1", book: "b3", dismissed: true, time: 20 });
        await readerBooks.put({ reader: "r1", book: "b1", shelf: "read", rating: 4, dismissed: false, time: 15 });
        await readerBooks.put({ reader: "r2", book: "b1", dismissed: true, time: 1 });
      });
      expect(await made.other.readerList.of("r1", 10)).toEqual([
        { reader: "r1", book: "b2", rating: 5, dismissed: false, time: 30 },
        { reader: "r1", book: "b3", dismissed: true, time: 20 },
        { reader: "r1", book: "b1", shelf: "read", rating: 4, dismissed: false, time: 15 },
      ]);
      expect((await made.store.readerList.of("r1", 1)).map((row) => row.book)).toEqual(["b2"]);
      expect(await made.store.readerList.about("r2", "b1")).toEqual({
        reader: "r2",
        book: "b1",
        dismissed: true,
        time: 1,
      });
      expect(await made.store.readerList.about("r2", "b9")).toBeUndefined();
      const some = await made.other.readerList.aboutBooks("r1", ["b9", "b3", "b1", "b3"]);
      expect(some.sort((a, b) => a.time - b.time)).toEqual([
        { reader: "r1", book: "b1", shelf: "read", rating: 4, dismissed: false, time: 15 },
        { reader: "r1", book: "b3", dismissed: true, time: 20 },
      ]);
      expect(await made.other.readerList.aboutBooks("r1", [])).toEqual([]);
    });

    it("removes a book from all readers' lists, also what the same transaction has put there, and no other book", async () => {
      const put = (reader: string, book: string) =>
        made.store.uow.run(({ readerBooks }) => readerBooks.put({ reader, book, dismissed: false, time: 1 }));
      await put("f1", "forgotten");
      await put("f1", "kept");
      await put("f2", "forgotten");
      const removed = await made.store.uow.run(async ({ readerBooks }) => {
        await readerBooks.put({ reader: "f3", book: "forgotten", dismissed: true, time: 2 });
        const count = await readerBooks.removeBook("forgotten");
        return { count, left: await readerBooks.get("f1", "forgotten") };
      });
      expect(removed).toEqual({ count: 3, left: undefined });
      const lists = await Promise.all(["f1", "f2", "f3"].map((reader) => made.store.readerList.of(reader, 10)));
      expect(lists.map((list) => list.map(({ book }) => book))).toEqual([["kept"], [], []]);
      expect(await made.store.uow.run(({ readerBooks }) => readerBooks.removeBook("forgotten"))).toBe(0);
    });

    it("removes one reader's rows and nobody else's; the mark of an erased reader stays", async () => {
      await made.store.uow.run(async ({ readerBooks, erased }) => {
        await readerBooks.put({ reader: "gone", book: "b1", dismissed: false, time: 1 });
        await readerBooks.put({ reader: "stays", book: "b1", dismissed: false, time: 1 });
        await readerBooks.removeReader("gone");
        await erased.add("gone", 5);
        await erased.add("gone", 6);
      });
      expect(await made.store.readerList.of("gone", 10)).toEqual([]);
      expect((await made.store.readerList.of("stays", 10)).length).toBe(1);
      expect(await made.store.uow.run(({ erased }) => erased.has("gone"))).toBe(true);
      expect(await made.store.uow.run(({ erased }) => erased.has("stays"))).toBe(false);
    });

    it("says how many rows of a reader were removed, also of those that the same transaction has put there", async () => {
      const put = (book: string) => ({ reader: "many", book, dismissed: false, time: 1 });
      await made.store.uow.run(({ readerBooks }) => readerBooks.put(put("b1")));
      const removed = await made.store.uow.run(async ({ readerBooks }) => {
        await readerBooks.put(put("b2"));
        return [await readerBooks.removeReader("many"), await readerBooks.removeReader("many")];
      });
      expect(removed).toEqual([2, 0]);
    });

    it("views exclude no other views, but an erasure waits for those at hand, and those after it find its mark", async () => {
      const reader = "leaves";
      const view = { reader, listed: false, unordered: true };
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const said: string[] = [];
      const viewing = made.store.uow.run(async ({ acts, erased, outbox }) => {
        await acts.lockAndPrefetch([view]);
        expect(await erased.has(reader)).toBe(false);
        begun.resolve();
        await goOn.promise;
        await outbox.add([message("t", reader, "viewed")]);
        said.push("viewed");
      });
      await begun.promise;
      const other = made.other.uow.run(({ acts }) => acts.lockAndPrefetch([view])).then(() => said.push("other view"));
      if (concurrent) await other;
      const erasing = made.other.uow.run(async ({ acts, erased, outbox }) => {
        await acts.lockAndPrefetch([{ reader, listed: false }]);
        said.push("erased");
        await erased.add(reader, 1);
        await outbox.add([message("t", reader, "erased")]);
      });
      // Long enough for one that does not wait.
      await new Promise((resolve) => setTimeout(resolve, 100));
      goOn.resolve();
      await Promise.all([viewing, other, erasing]);
      expect(said.filter((one) => one !== "other view")).toEqual(["viewed", "erased"]);
      if (concurrent) expect(said[0]).toBe("other view");
      const waiting = await made.store.outbox.read(ALL_SHARDS, { rows: 9, bytes: 9_999 });
      expect(waiting.map(({ message }) => text(message.value))).toEqual(["viewed", "erased"]);
      await made.store.uow.run(({ outbox }) => outbox.remove(waiting.map(({ row }) => row)));
      const late = await made.store.uow.run(async ({ acts, erased }) => {
        await acts.lockAndPrefetch([view]);
        return await erased.has(reader);
      });
      expect(late).toBe(true);
    });

    it("lets the mark of an erased reader pass unless it is kept", async () => {
      await made.store.uow.run(async ({ erased }) => {
        for (const [at, reader] of ["mark1", "mark2", "mark3"].entries()) await erased.add(reader, 10 + at);
        await erased.keep("mark1");
      });
      const purge = (before: number) => made.other.uow.run(({ erased }) => erased.purge(before, 100));
      expect(await purge(12)).toBeGreaterThanOrEqual(1);
      const has = (reader: string) => made.store.uow.run(({ erased }) => erased.has(reader));
      expect([await has("mark1"), await has("mark2"), await has("mark3")]).toEqual([true, false, true]);
    });

    it("agrees on a value once: the first one stands for every process", async () => {
      const values = await Promise.all(
        Array.from(
          { length: 8 },
          (_, at) => (at % 2 === 0 ? made.store : made.other).deployment.agreeOn("n", `v${at}`),
        ),
      );
      expect(new Set(values).size).toBe(1);
      expect(await made.other.deployment.get("n")).toBe(values[0]);
      expect(await made.store.deployment.agreeOn("n", "later")).toBe(values[0]);
      expect(await made.store.deployment.get("none")).toBeUndefined();
    });
  });
}
