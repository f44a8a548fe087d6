import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { facet } from "@/domain/catalog/found_by.ts";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import { searchBooks } from "@/application/catalog/search/search_books.ts";
import { suggestBooks } from "@/application/catalog/search/suggestions/suggest_books.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { book } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";
import { CORPUS } from "./search_corpus.ts";

/** What every catalogue store promises of the forms in which people write: the same list, whatever the script. */
export function searchContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`search: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    before(async () => {
      made = await make();
      await made.store.uow.run(async ({ books }) => {
        for (const [at, { title, author }] of CORPUS.entries()) {
          await books.save(book(String(at), { title, authors: author === undefined ? [] : [author], subjects: [] }));
        }
      });
    });
    after(() => made?.close());

    it("suggests words as the books write them", async () => {
      const suggestionFor = async (words: string) =>
        (await findBooks(made.other, { words, facets: [], limit: 1 })).answer?.suggestion;
      expect(await suggestionFor("letrangere du prot")).toBe("l'étrangère du port");
      expect(await suggestionFor("brannigan galvay")).toBe("brannigan galway");
    });

    for (const [at, { family, title, queries }] of CORPUS.entries()) {
      it(`finds ${title} first by each form: ${family}`, async () => {
        const firsts = [];
        for (const query of queries) {
          const { ranked, relaxed } = await searchBooks(made.other.search, query);
          firsts.push([query, CORPUS[Number(ranked[0]?.id)]?.title, relaxed]);
        }
        expect(firsts).toEqual(queries.map((query) => [query, title, false]));
        expect(CORPUS[at]!.title).toBe(title);
      });
    }

    it("lists books with several typed words, also an author's name, that with the rarest other words last", async () => {
      const titles = [
        "Vermilion Ferry Pier",
        "White Ferry Pier",
        ...Array.from({ length: 9 }, (_, at) => `White Nights ${at}`),
      ];
      await made.store.uow.run(async ({ books }) => {
        for (const [at, title] of titles.entries()) {
          await books.save(book(`ferry${at}`, { title: `The ${title}`, authors: ["Greta Wanderling"] }));
        }
      });
      for (const typed of ["wanderling ferry", "pier ferry"]) {
        const { ranked } = await searchBooks(made.other.search, typed);
        expect([typed, ranked.map(({ id }) => id)]).toEqual([typed, ["ferry1", "ferry0"]]);
      }
    });

    it("lists titles that begin as typed by how much of them was typed, however rare their other words are", async () => {
      const titles = ["Quillon Bridge Zephyr", "Quillon Bridge of White Nights"];
      await made.store.uow.run(async ({ books }) => {
        for (const [at, title] of titles.entries()) await books.save(book(`begun${at}`, { title }));
        for (let at = 0; at < 9; at++) await books.save(book(`white${at}`, { title: `Some White Nights ${at}` }));
      });
      const { ranked } = await searchBooks(made.other.search, "quillon brid");
      expect(ranked.map(({ id }) => id)).toEqual(["begun0", "begun1"]);
    });

    it("finds the book that people mean by the words that they put around it", async () => {
      const lights = ["The Amber Gate", "The Brass Bell", "Cold Harbour Lights"];
      const wanted = {
        F: book("F", { title: "Quern", authors: ["Frieda Quistgaard"] }),
        G: book("G", { title: "A Sled of Ash", authors: ["George R.R. Oxenholm"] }),
        C: book("C", { title: "Kin of Sand", authors: ["Bram Tolvane", "Frida Tolvane"] }),
        H: book("H", { title: "The Tin Hen", authors: ["Hanna Clara Vindum"] }),
        R: book("R", { title: "Passage Three", authors: ["Oda Varn"] }),
      };
      const others = [
        book("f", { title: "F is for Ferns", authors: ["Sue Quistgaard"], popularity: 90_000 }),
        book("c", { title: "F is for Fens", authors: ["Sue Tolvane"], popularity: 90_000 }),
        book("Q", { title: "The Great Quern Trilogy", authors: ["Oda Varn"], popularity: 90_000 }),
        book("S", { title: "Frieda Quistgaard Boxed Set: Quern and Others", authors: ["Frieda Quistgaard"] }),
        book("m", { title: "Oxenholm Eden", authors: ["Jack Mill"], popularity: 90_000 }),
        book("n", { title: "Vindum Chairs", authors: ["Ib Rask"], popularity: 90_000 }),
      ];
      const series = [...lights, "All Three of the Harbour Lights"].map((title, at) =>
        book(`L${at + 1}`, { title, series: "Harbour Lights", series_number: at < 3 ? `${at + 1}` : "1-3" })
      );
      await made.store.uow.run(async ({ books }) => {
        for (const one of [...Object.values(wanted), ...others, ...series]) await books.save(one);
      });
      const asked: [wanted: string, queries: string[]][] = [
        ["F", ["F. Quistgaard", "f quistgaard", "Quistgaard, F.", "quern f. quistgaard"]],
        ["G", ["G.R.R. Oxenholm", "g r r oxenholm", "grr oxenholm", "Oxenholm, G.", "g oxenholm sled"]],
        ["C", ["F. Tolvane", "Tolvane, B."]],
        ["H", ["hc vindum", "H. C. Vindum"]],
        ["F", ["the quern", "quern book", "the novel quern", "quern.epub", "quern by frieda quistgaard"]],
        ["F", ["frieda quistgaard quern", "quern quistgaard"]],
        ["L2", ["harbour lights 2", "harbour lights #2", "harbour lights book two", "harbour lights vol. ii"]],
        ["L1", ["harbour lights 1", "first harbour lights", "harbour lights volume one"]],
        ["L3", ["harbour lights", "harbour lights part 3"]],
        ["R", ["passage 3", "passage three", "passage iii"]],
      ];
      for (const [id, queries] of asked) {
        for (const query of queries) {
          const { ranked, relaxed } = await searchBooks(made.other.search, query);
          expect([query, ranked[0]?.id, relaxed]).toEqual([query, id, false]);
        }
      }
    });

    it("finds the book that people mean by acronyms, sounds, other spaces, other numbers of words, and questions", async () => {
      const gulls = ["The Quiet Harbour", "The Loud Harbour"].map((title, at) =>
        book(`G${at + 1}`, { title, series: "A Song of Gulls and Herring", series_number: `${at + 1}` })
      );
      const clues = ["A Hollow Tooth", "The Bent Spoon", "Salt in the Wound"].map((title, at) =>
        book(`K${at + 1}`, { title, series: "The 17 Riddles", series_number: `${at + 1}` })
      );
      const nebula = ["Nebula Post", "Nebula Post: The Short Way"].map((title, at) =>
        book(`N${at + 1}`, { title, series: "Nebula Post", series_number: at === 0 ? "1" : "1.5" })
      );
      const paper = ["The Paper Moths, Vol. 02: Ashore", "The Paper Moths, Book Two"].map((title, at) =>
        book(`P${at + 1}`, { title, popularity: at * 90_000 })
      );
      const others = [
        book("W", { title: "Warden of the Brass Lily", authors: ["Stephen Quarle"], isbn13: "9780306406157" }),
        book("w", { title: "Quarleton Sketches", authors: ["Steven Dabb"], popularity: 90_000 }),
        book("E", { title: "Mournwick", authors: ["Edith T. R. Hallam"] }),
        book("e", { title: "Mournwick Revisited", authors: ["Otto Pell"], popularity: 90_000 }),
        book("J", { title: "Clara Wyre" }),
        book("M", { title: "The Mice of Candle Street" }),
        book("X", { title: "Who Wrote the Sea Charts?" }),
        book("x", { title: "Sea Charts", popularity: 90_000 }),
        book("D", { title: "Kestrelmere" }),
        book("B", { title: "Brass", popularity: 90_000 }),
        book("Q", { title: "The Marlows Q" }),
        book("q", { title: "The Marlows Return", popularity: 90_000 }),
        book("S", { title: "Marine Lanterns", subjects: ["quantum yarrow"] }),
        book("s", { title: "Yardsticks Against Quantity", popularity: 90_000 }),
        book("V1", { title: "Vargen Lofthouse and the Amber Gate", series: "Vargen Lofthouse", series_number: "1" }),
        book("V2", { title: "Vargen Lofthouse Boxed Set", series: "Vargen Lofthouse", series_number: "1-3" }),
      ];
      const range = book("N9", {
        title: "All of Nebula Post",
        series: "Nebula Post",
        series_number: "1-5",
        popularity: 9,
      });
      await made.store.uow.run(async ({ books }) => {
        for (const one of [...gulls, ...clues, ...nebula, ...paper, ...others, range]) await books.save(one);
      });
      const asked: [wanted: string, queries: string[]][] = [
        ["G1", ["asogah", "asogah 1", "a song of gulls and herring"]],
        ["G2", ["asogah 2"]],
        ["E", ["etrh", "who wrote mournwick", "author of mournwick?", "mournwick etrh"]],
        ["W", ["wardenofthebrasslily", "warden in the brass lily", "warden of the bras lilies", "wotbl"]],
        ["W", ["steven quarle", "quarle stephen", "books by stephen quarle", "warden%20of%20the%20brass", "306406152"]],
        ["J", ["clara wire", "clarawyre"]],
        ["M", ["the mouse of candle street", "miceofcandlestreet"]],
        ["X", ["who wrote the sea charts", "who wrote the sea ch"]],
        ["D", ["kestrelm ere", "kes trel mere", "kestral mere"]],
        ["K3", ["17 riddles 3", "the 17 riddles #3"]],
        ["K1", ["17 riddles", "17 riddles book one"]],
        ["N2", ["nebula post 1.5"]],
        ["P1", ["paper moths vol 2", "paper moths volume two"]],
        ["P2", ["paper moths book 2"]],
        ["S", ["quan-yar", "mari lant"]],
        ["V1", ["vargen lofthose", "vargn lofthouse"]],
        ["Q", ["the marlowsq"]],
      ];
      const missed = [];
      for (const [id, queries] of asked) {
        for (const query of queries) {
          const { ranked, relaxed } = await searchBooks(made.other.search, query);
          if (ranked[0]?.id !== id || relaxed) missed.push([query, id, ranked[0]?.id, relaxed]);
        }
      }
      expect(missed).toEqual([]);
      const suggestionFor = async (query: string) => (await searchBooks(made.other.search, query)).suggestion;
      expect(await suggestionFor("kestrelmere c++")).toBe(undefined);
      // Letters of an acronym are no slip of a word, and what leads to no book is not meant.
      expect(await suggestionFor("wotbl")).toBe(undefined);
      expect(await suggestionFor("kestrelmare")).toBe("kestrelmere");
      expect(await suggestionFor("kestrelmare zzyzx")).toBe(undefined);
    });

    it("counts a mistyped word where no book has all of them", async () => {
      const { ranked, relaxed } = await searchBooks(made.other.search, "wardn brass zzyzx");
      expect([ranked[0]?.id, relaxed]).toEqual(["W", true]);
    });

    it("lists books with a word before those of which it is the acronym, and titles with a question before what it asks for", async () => {
      const few = [
        book("T2", { title: "The Old Gob of Tar", popularity: 30_000 }),
        book("T3", { title: "Gannets of Brill", popularity: 90_000 }),
        book("T4", { title: "Tidewrack", popularity: 90_000 }),
        book("T5", { title: "The Author of Tidewrack" }),
        book("T6", { title: "Short Stories from Skellick" }),
        book("T7", { title: "Skellick", popularity: 90_000 }),
      ];
      await made.store.uow.run(async ({ books }) => {
        for (const one of few) await books.save(one);
      });
      const asked: [query: string, first: string][] = [
        ["gob", "T2"],
        ["the author of tidewrack", "T5"],
        ["the author of tidew", "T5"],
        ["author of tidewrack", "T5"],
        ["stories from skellick", "T6"],
        ["books about skellick", "T7"],
      ];
      const found = [];
      for (const [query] of asked) found.push([query, (await searchBooks(made.other.search, query)).ranked[0]?.id]);
      expect(found).toEqual(asked);
      expect((await searchBooks(made.other.search, "gob")).ranked.map(({ id }) => id)).toContain("T3");
      const { search, shelf } = made.other;
      const suggested = async (text: string) =>
        (await suggestBooks({ search, shelf }, text, 1)).map(({ text }) => text);
      expect(await suggested("the author of tidew")).toEqual(["The Author of Tidewrack"]);
      expect(await suggested("who wrote tidew")).toEqual(["Tidewrack"]);
    });

    it("finds a mistyped word of a book that was stored only at the second attempt", async () => {
      const one = book("R1", { title: "Ravenscombe" });
      const failing = made.store.uow.run(async ({ books, search }) => {
        await books.save(one);
        await search.counts([{ text: "ravenscombe", prefix: false }], 1);
        throw new Error("the first attempt fails");
      });
      await expect(failing).rejects.toThrow("the first attempt fails");
      await made.store.uow.run(({ books }) => books.save(one));
      expect((await made.other.search.wordsLike("ravensconbe", 1, false)).map(({ word }) => word)).toEqual([
        "ravenscombe",
      ]);
    });

    it("filters by an author in any form of the name", async () => {
      for (const name of ["JRR Talken", "J. R. R. Talken", "j.r.r. talken"]) {
        const listed = await made.store.shelf.list({ facets: [facet("author", name)], sort: "title", limit: 9 });
        expect(listed.map(({ title }) => title)).toEqual(["A Map of Middle Hills"]);
      }
    });
  });
}
