import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Interaction } from "@/domain/recommendation/interaction.ts";
import type { RecommendationStore, RecommendationVersion } from "@/application/recommendation/ports.ts";
import { row } from "./recommendation_samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

const byKey = (rows: Interaction[]) => rows.map(({ reader, book, kind }) => `${reader} ${book} ${kind}`).sort();

/** What a recommendation store promises of what readers did, and of the marks of what changed. */
export function interactionRules(made: () => StoreUnderTest<RecommendationStore>): void {
  const run: RecommendationVersion["uow"]["run"] = (work) => made().store.at(1).uow.run(work);

  it("keeps one row per reader, book and act, the latest; says whose rows changed", async () => {
    expect(
      await run(({ interactions }) =>
        interactions.put([row("a1", "b1"), row("a2", "b1"), row("a1", "b2", { kind: "rated", stars: 4 })])
      ),
    ).toEqual(["a1", "a2"]);
    expect(
      await run(({ interactions }) => interactions.put([row("a1", "b1", { time: 10 }), row("a2", "b1", { time: 5 })])),
    ).toEqual([]);
    expect(
      await run(({ interactions }) => interactions.put([row("a1", "b2", { kind: "rated", stars: 5, time: 20 })])),
    ).toEqual(["a1"]);
    const rows = await made().other.at(1).readers.interactions(["a1"]);
    expect(rows.find(({ kind }) => kind === "rated")).toEqual(row("a1", "b2", { kind: "rated", stars: 5, time: 20 }));
    expect(byKey(rows)).toEqual(["a1 b1 viewed", "a1 b2 rated"]);
  });

  it("pages through every reader's rows in the order of readers, none cut in two", async () => {
    await run(({ interactions }) =>
      interactions.put(["p1", "p2", "p3"].flatMap((reader) => ["x", "y", "z"].map((book) => row(reader, book))))
    );
    const first = await made().store.at(1).readers.page("p", 4);
    expect(byKey(first)).toEqual(
      byKey(["p1", "p2"].flatMap((reader) => ["x", "y", "z"].map((book) => row(reader, book)))),
    );
    const second = await made().store.at(1).readers.page(first.at(-1)!.reader, 4);
    expect([...new Set(second.map(({ reader }) => reader))]).toEqual(["p3"]);
    expect(await made().store.at(1).readers.page("p3", 4)).toEqual([]);
  });

  it("counts the rows of its version, no further than asked", async () => {
    const { uow, readers } = made().store.at(30);
    await uow.run(({ interactions }) => interactions.put(["x", "y", "z"].map((book) => row("n1", book))));
    expect(await Promise.all([0, 2, 3, Number.MAX_SAFE_INTEGER].map((most) => readers.count(most)))).toEqual([
      0,
      2,
      3,
      3,
    ]);
    expect(await made().store.at(31).readers.count(5)).toBe(0);
  });

  it("gives the rows of several readers at once, and of no other", async () => {
    await run(({ interactions }) => interactions.put(["q1", "q2", "q3"].map((reader) => row(reader, "x"))));
    const rows = await made().other.at(1).readers.interactions(["q3", "q1", "nobody"]);
    expect(byKey(rows)).toEqual(["q1 x viewed", "q3 x viewed"]);
    expect(await made().store.at(1).readers.interactions([])).toEqual([]);
  });

  it("keeps a reader's searches by normal form, newest first", async () => {
    const search = (normal: string, time: number, query = normal) => ({
      reader: "s1",
      normal,
      query,
      books: ["b1"],
      time,
    });
    await run(({ interactions }) => interactions.putSearches([search("dune", 1), search("emma", 2)]));
    await run(({ interactions }) => interactions.putSearches([search("dune", 3, "DUNE"), search("emma", 1, "late")]));
    expect(await made().store.at(1).readers.searches("s1", 5)).toEqual([search("dune", 3, "DUNE"), search("emma", 2)]);
    expect((await made().store.at(1).readers.searches("s1", 1)).length).toBe(1);
  });

  it("removeReader() takes all by one reader and names the books of the rows", async () => {
    await run(async ({ interactions }) => {
      await interactions.put([
        row("gone", "b1"),
        row("gone", "b1", { kind: "read" }),
        row("gone", "b2"),
        row("stays", "b1"),
      ]);
      await interactions.putSearches([{ reader: "gone", normal: "q", query: "q", books: [], time: 1 }]);
    });
    expect((await run(({ interactions }) => interactions.removeReader("gone"))).sort()).toEqual(["b1", "b2"]);
    expect(await made().store.at(1).readers.interactions(["gone"])).toEqual([]);
    expect(await made().store.at(1).readers.searches("gone", 5)).toEqual([]);
    expect((await made().store.at(1).readers.interactions(["stays"])).length).toBe(1);
  });

  it("a mark that is set again after it was taken survives clear()", async () => {
    await run(({ changed }) =>
      changed.mark([{ kind: "reader", id: "m1" }, { kind: "reader", id: "m2" }, { kind: "book", id: "m1" }])
    );
    const taken = await made().store.at(1).marks.oldest(10);
    expect(taken.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["reader m1", "reader m2", "book m1"]);
    await run(({ changed }) => changed.mark([{ kind: "reader", id: "m1" }]));
    await run(({ changed }) => changed.clear(taken));
    expect((await made().store.at(1).marks.oldest(10)).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "reader m1",
    ]);
  });

  it("oldest() gives lists last, whenever they were marked", async () => {
    await run(({ changed }) =>
      changed.mark([{ kind: "list", id: "l1" }, { kind: "book", id: "l2" }, { kind: "list", id: "l0" }])
    );
    const taken = await made().store.at(1).marks.oldest(10);
    expect(taken.slice(-3).map(({ kind, id }) => `${kind} ${id}`)).toEqual(["book l2", "list l1", "list l0"]);
    await run(({ changed }) => changed.clear(taken));
  });
}
