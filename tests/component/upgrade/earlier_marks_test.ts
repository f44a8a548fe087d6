import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { migrate } from "@/adapters/sqlite/database.ts";
import { openRecommendationStore, RECOMMENDATION_MIGRATIONS } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";

/** How many migrations a file had before marks had the columns of every store. */
const EARLIER = 6;

describe("a recommendation file of the version before", () => {
  let folder: string;
  let store: RecommendationStore;
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
    const file = new DatabaseSync(join(folder, "recommendation.db"));
    migrate(file, RECOMMENDATION_MIGRATIONS.slice(0, EARLIER));
    file.exec(`
      INSERT INTO change_mark (version, kind, id) VALUES (1, 'list', 'b1'), (1, 'reader', 'r1'), (1, 'book', 'b2'), (2, 'reader', 'r2');
      INSERT INTO known_book (version, id, title, authors, subjects, popularity, book_version, removed, readers)
        VALUES (1, 'b1', 'One', '["Writer"]', '["fiction"]', 9, 1, 0, 3), (1, 'b2', 'Two', '["Writer"]', '["fiction"]', 5, 1, 0, 0);
      INSERT INTO feature (version, feature, popularity, book)
        VALUES (1, 'author:writer', 9, 'b1'), (1, 'subject:fiction', 9, 'b1'), (1, 'author:writer', 5, 'b2'), (1, 'subject:fiction', 5, 'b2');
      INSERT INTO neighbour_list (version, book, readers, neighbours) VALUES (1, 'b1', 3, '[]'), (1, 'b3', 2, '[]');
    `);
    file.close();
    store = openRecommendationStore({ path: join(folder, "recommendation.db"), clock });
  });
  afterEach(async () => {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("keeps its marks in their order, lists last, and marks each list to be made again, that of all readers too", async () => {
    const marks = await store.at(1).marks.oldest(10);
    const lists = [["list", "b1"], ["list", "b3"], ["list", LATELY]];
    expect(marks.map(({ kind, id }) => [kind, id])).toEqual([["reader", "r1"], ["book", "b2"], ...lists]);
  });

  it("tells a mark that is set again from the one that was there", async () => {
    const { marks, uow } = store.at(1);
    const earlier = await marks.oldest(10);
    await uow.run(({ changed }) => changed.mark([{ kind: "reader", id: "r1" }, { kind: "reader", id: "r3" }]));
    await uow.run(({ changed }) => changed.clear(earlier));
    expect((await marks.oldest(10)).map(({ id }) => id)).toEqual(["r1", "r3"]);
    expect((await store.at(2).marks.oldest(10)).map(({ id }) => id)).toEqual(["r2"]);
  });

  it("goes on with books whose work it does not know, until an event says it", async () => {
    const { books, uow } = store.at(1);
    expect(await books.works(["b1", "b2"])).toEqual([]);
    const again = { id: "b1", title: "One", authors: ["Writer"], subjects: ["fiction"], popularity: 9, work: "w" };
    await uow.run(({ books }) => books.put([{ ...again, version: 1, removed: false }]));
    expect(await books.works(["b1", "b2"])).toEqual([{ book: "b1", work: "w" }]);
    expect(await books.popular(10)).toEqual([{ book: "b1", readers: 3 }, { book: "b2", readers: 0 }]);
  });

  it("finds books by their features, also when one has changed", async () => {
    const { books, uow } = store.at(1);
    const changed = { id: "b1", title: "One", authors: ["Other"], subjects: ["fiction"], popularity: 1 };
    await uow.run(({ books }) => books.put([{ ...changed, version: 2, removed: false }]));
    expect((await books.withFeatures(["subject:fiction"], 10)).get("subject:fiction")).toEqual(["b2", "b1"]);
    expect((await books.withFeatures(["author:writer"], 10)).get("author:writer")).toEqual(["b2"]);
    expect(await books.popular(10)).toEqual([{ book: "b1", readers: 3 }, { book: "b2", readers: 0 }]);
  });
});
