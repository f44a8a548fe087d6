import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Interaction, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { DEFAULT_SETTINGS, type Settings } from "@/domain/recommendation/settings.ts";
import type { KnownBook, RecommendationStore } from "@/application/recommendation/ports.ts";
import { letter } from "@/tests/contracts/messaging/dead_letter_rules.ts";
import { interactionRules } from "./interaction_rules.ts";
import { knownBookRules } from "./known_book_rules.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";
import { known, row } from "./recommendation_samples.ts";

/** What every recommendation store promises. */
export function recommendationContract(name: string, make: () => Promise<StoreUnderTest<RecommendationStore>>): void {
  describe(`recommendation store: ${name}`, () => {
    let made: StoreUnderTest<RecommendationStore>;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());

    interactionRules(() => made);

    knownBookRules(() => made);

    it("a version has the settings that were put for it, or those of the last one before it that has some", async () => {
      const of = (version: number, store = made.other) => store.at(version).settings.read();
      expect(await of(40)).toBe(undefined);
      await made.store.at(41).settings.put(DEFAULT_SETTINGS, 5);
      await made.store.at(43).settings.put({ ...DEFAULT_SETTINGS, lately: 1 }, 6);
      await made.store.at(43).settings.put({ ...DEFAULT_SETTINGS, lately: 0.5 }, 7);
      const lately = await Promise.all([40, 41, 42, 43, 44].map(async (version) => (await of(version))?.lately));
      expect(lately).toEqual([undefined, DEFAULT_SETTINGS.lately, DEFAULT_SETTINGS.lately, 0.5, 0.5]);
      expect(await of(42)).toEqual(DEFAULT_SETTINGS);
    });

    it("a setting that was added after others were stored has its default", async () => {
      const { fade: _added, ...before } = { ...DEFAULT_SETTINGS, lately: 0.5 };
      // As a version without `fade` has stored it.
      await made.store.at(50).settings.put(before as Settings, 5);
      expect(await made.other.at(50).settings.read()).toEqual({ ...DEFAULT_SETTINGS, lately: 0.5 });
    });

    it("a share of what is chosen lately that was chosen for every list has its default", async () => {
      const { alike: _added, ...before } = { ...DEFAULT_SETTINGS, lately: 0.05, g: 0.25 };
      await made.store.at(51).settings.put(before as Settings, 5);
      expect(await made.other.at(51).settings.read()).toEqual({ ...DEFAULT_SETTINGS, g: 0.25 });
    });

    it("state() differs after books or lists were written, and only then", async () => {
      const { uow, books } = made.other.at(5);
      const place = {
        consumer: "recommendation",
        version: 5,
        logId: "log",
        topic: "bookstream.catalog.events",
        partition: 2,
      };
      await uow.run(({ positions }) => positions.claim(place, "owner"));
      const states = [await books.state()];
      const after = async (work: Parameters<typeof uow.run>[0]) => {
        await uow.run(work);
        states.push(await made.store.at(5).books.state());
      };
      await after(({ interactions }) => interactions.put([row("r", "b1")]).then(() => {}));
      await after(async ({ books, positions }) => {
        await books.put([known("b1")]);
        await positions.move([{ key: place, next: "7" }]);
      });
      await uow.run(({ deadLetters }) => deadLetters.park({ ...letter(place.consumer), version: 5 }));
      const [parked] = await made.store.deadLetters.list({ consumer: place.consumer }, 0, 1);
      await after(async ({ books, deadLetterClosing }) => {
        await books.put([known("b1", { version: 2 })]);
        await deadLetterClosing.close([parked!.id], "replayed", 9);
      });
      await after(({ lists }) => lists.put([{ book: "b1", readers: 1, neighbours: [] }]));
      const changes = states.slice(1).map((state, at) => ({
        books: state.books !== states[at]!.books,
        lists: state.lists !== states[at]!.lists,
      }));
      const none = { books: false, lists: false };
      expect(changes).toEqual([none, { ...none, books: true }, { ...none, books: true }, { ...none, lists: true }]);
    });

    it("listsWritten() says which lists were written between two states, while it is known", async () => {
      const { uow, books } = made.other.at(6);
      const write = async (ids: string[]) => {
        await uow.run(({ lists }) => lists.put(ids.map((book) => ({ book, readers: 1, neighbours: [] }))));
        return (await books.state()).lists;
      };
      const states = [(await books.state()).lists, await write(["b1", "b2"]), await write(["b3"]), await write(["b1"])];
      const between = async (since: number, until: number) =>
        (await made.store.at(6).books.listsWritten(states[since]!, states[until]!))?.sort();
      expect(await between(0, 3)).toEqual(["b1", "b1", "b2", "b3"]);
      expect(await between(1, 2)).toEqual(["b3"]);
      expect(await between(3, 3)).toEqual([]);
      // A store that was put back from a backup has an earlier state.
      expect(await between(3, 1)).toEqual(undefined);
      // Those of another version are not meant.
      expect(await made.store.at(60).books.listsWritten(states[0]!, states[1]!)).toEqual(undefined);
    });

    it("gives what it holds in pages in the order of keys, each row once, up to a time", async () => {
      const { uow, history } = made.store.at(7);
      const rows = ["r1", "r2"].flatMap((reader) =>
        ["b1", "b2", "b3"].flatMap((book, at) => [
          row(reader, book, { kind: "read", time: at }),
          row(reader, book, { time: at + 10 }),
        ])
      );
      const searches = ["r1", "r2"].flatMap((reader) =>
        ["a", "b"].map((normal, time) => ({ reader, normal, query: normal, books: ["b1"], time }))
      );
      const books = [
        known("b1"),
        known("b2", { removed: true, version: 3 }),
        known("b3", { year: 1965, language: "en" }),
      ];
      await uow.run(async (stores) => {
        await stores.interactions.put(rows.toReversed());
        await stores.interactions.putSearches(searches.toReversed());
        await stores.books.put(books.toReversed());
      });
      const all = async <Row>(read: (after: Row | undefined, limit: number) => Promise<Row[]>) => {
        const found: Row[] = [];
        for (let page = await read(undefined, 2); page.length > 0; page = await read(found.at(-1), 2)) {
          expect(page.length).toBeLessThanOrEqual(2);
          found.push(...page);
        }
        return found;
      };
      expect(await all<Interaction>((after, limit) => history.interactions(100, after, limit))).toEqual(rows);
      expect(await all<Interaction>((after, limit) => history.interactions(2, after, limit))).toEqual(
        rows.filter(({ time }) => time < 2),
      );
      expect(await all<ReaderSearch>((after, limit) => history.searches(100, after, limit))).toEqual(searches);
      expect(await all<ReaderSearch>((after, limit) => history.searches(1, after, limit))).toEqual(
        searches.filter(({ time }) => time < 1),
      );
      expect(await all<KnownBook>((after, limit) => history.books(after, limit))).toEqual(books);
    });
  });
}
