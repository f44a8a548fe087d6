import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readActs } from "@/tests/quality/recommendations/acts.ts";
import { readTimedActs } from "@/tests/quality/trends/trend_acts.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import { Judge } from "@/tests/quality/recommendations/judge.ts";
import { Rankings } from "@/tests/quality/ranking.ts";
import { stepsOf, stream } from "@/tests/quality/recommendations/stream.ts";
import { openTaughtShop } from "@/tests/quality/recommendations/taught_shop.ts";
import { tuneShop } from "@/tests/quality/recommendations/tune_shop.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import type { Act } from "@/tests/quality/recommendations/acts.ts";

describe("quality recommendations", () => {
  it("reads lines of a reader and books, and CSV with weight and time in any order", () => {
    expect(readActs("r1 a b\n\nr2 c\n")).toEqual([
      { reader: "r1", book: "a", time: 0 },
      { reader: "r1", book: "b", time: 0 },
      { reader: "r2", book: "c", time: 0 },
    ]);
    expect(readActs("book,reader,time,weight\na,r1,2,5\nb,r1,1970-01-01T00:00:03Z,\n")).toEqual([
      { reader: "r1", book: "a", time: 2000, weight: 5 },
      { reader: "r1", book: "b", time: 3000 },
    ]);
    expect(() => readActs("who,what\na,b\n")).toThrow("reader and book");
  });

  it("measures with the ideal over min(20, n), and counts leaks, empty lists and books that any list shows", () => {
    const rankings = new Rankings();
    rankings.add(["a", "x"], { wanted: new Set(["a", "b"]), known: new Set(["x"]) });
    rankings.add([], { wanted: new Set(["c"]), known: new Set() });
    rankings.add(["d"], { wanted: new Set(), known: new Set() });
    const ideal = 1 + 1 / Math.log2(3);
    expect(rankings.figures(4)).toEqual({
      readers: 2,
      recall20: 0.25,
      hr20: 0.5,
      ndcg20: 1 / ideal / 2,
      coverage20: 0.5,
      leaks: 1,
      empty: 1,
    });
  });

  it("reads other names of columns, in upper or lower case", () => {
    const map = "reader=User_ID,book=book_id,weight=rating";
    const acts = [{ reader: "r1", book: "a", time: 0, weight: 4 }];
    for (const header of ["User_ID,book_id,rating", "user_id,Book_ID,Rating"]) {
      expect(readActs(`${header}\nr1,a,4\n`, map)).toEqual(acts);
      expect(readTimedActs(`Date,${header}\n1970-01-02,r1,a,4\n`, `time=date,${map}`)).toEqual([
        { reader: "r1", book: "a", time: 86_400_000, rating: 4 },
      ]);
    }
  });

  it("a stream asks for a list before it learns the step that the list is judged by, and a step is asked for once", async () => {
    const acts = [["r1", "a", 1], ["r2", "b", 1], ["r1", "b", 2], ["r1", "c", 2], ["r1", "a", 3]] as const;
    const all = acts.map(([reader, book, time]): Act => ({ reader, book, time }));
    expect(stepsOf(all).map((step) => step.map(({ book }) => book).join())).toEqual(["a", "b", "b,c", "a"]);
    const [learned, asked]: [string[], string[]] = [[], []];
    const shop = {
      project: (some: Act[]) => Promise.resolve(void learned.push(...some.map(({ reader, book }) => reader + book))),
      refresh: () => Promise.resolve(),
      areAlike: () => false,
      list: (reader: string) =>
        Promise.resolve((asked.push(`${reader} after ${learned.length}`), [item("c"), item("a")])),
    };
    const judge = await stream(shop, { learned: [], acts: all }, { every: 1, behind: 0.1 });
    // The last step has nothing new to its reader.
    expect(asked).toEqual(["r1 after 0", "r2 after 1", "r1 after 2"]);
    const { hr20, readers, leaks } = judge.figures(3);
    expect([hr20, readers, leaks]).toEqual([2 / 3, 3, 1]);
  });

  it("a stream tunes by what was learned, when the service would do so by itself", async () => {
    const acts = Array.from({ length: 10_500 }, (_, at): Act => ({ reader: `r${at}`, book: `b${at}`, time: at }));
    let learned = 0;
    const tunedBy: number[] = [];
    const shop = {
      project: (some: Act[]) => Promise.resolve(void (learned += some.length)),
      refresh: () => Promise.resolve(),
      areAlike: () => false,
      list: () => Promise.resolve([]),
    };
    const tune = () => Promise.resolve(void tunedBy.push(learned));
    await stream(shop, { learned: [], acts }, { every: 100, behind: 0.1, tune });
    expect(tunedBy).toEqual([1_000, 10_000]);
  });

  it("puts chosen settings in force only where they surely do better", async () => {
    const settings = { ...DEFAULT_SETTINGS, target: 0.3 };
    const tuned = { settings, before: 0.1, after: 0.2, tried: 2, readers: 50 };
    for (const found of [undefined, { ...tuned, sure: false }, { ...tuned, sure: true }]) {
      const taken: unknown[] = [];
      const takeOver = (chosen: unknown) => Promise.resolve(void taken.push(chosen));
      const { isTaken } = await tuneShop({ tune: () => Promise.resolve(found), takeOver }, { minutes: "1" });
      expect([isTaken, taken]).toEqual(found?.sure ? [true, [settings]] : [false, []]);
    }
  });

  it("lists by the settings that were taken over, from all that was learned", async () => {
    const shop = await openTaughtShop("memory");
    const readers = (books: string[], from: number, to: number) =>
      Array.from(
        { length: to - from },
        (_, at) => books.map((book): Act => ({ reader: `r${from + at}`, book, time: 0 })),
      );
    // Two of five readers of a chose b, which nobody else did, and three chose c, which seven others did.
    const acts = [...readers(["a", "b"], 0, 2), ...readers(["a", "c"], 2, 5), ...readers(["c", "d"], 5, 12)].flat();
    try {
      await shop.addBooks(new Set(["a", "b", "c", "d"]));
      await shop.project([...acts, { reader: "who", book: "a", time: 0 }]);
      await shop.refresh({ entirely: true });
      const first = async (target: number) => {
        await shop.takeOver({ ...DEFAULT_SETTINGS, target });
        return (await shop.list("who"))[0]!.book.id;
      };
      expect([await first(1), await first(0)]).toEqual(["b", "c"]);
    } finally {
      await shop.close();
    }
  });

  it("counts reasons as true only where the reader has the named book and somebody chose both, or where they are alike", () => {
    const judge = new Judge((one, other) => one + other === "za");
    for (const [reader, book] of ["r1 a", "r1 h", "r2 a", "r2 b"].map((pair) => pair.split(" "))) {
      judge.learn({ reader: reader!, book: book!, time: 0 });
    }
    const because = (id: string, book?: string) => item(id, { kind: "because_you", text: "", ...(book && { book }) });
    const list = [because("b", "a"), because("z", "a"), because("c", "a"), because("b", "b"), because("b"), item("x")];
    judge.add("r1", list, new Set(["b"]));
    expect(judge.figures(5)).toMatchObject({ true20: 2 / 6, tail20: 1 });
  });
});

const item = (
  id: string,
  reason: RecommendationItem["reason"] = { kind: "popular", text: "" },
): RecommendationItem => ({
  book: { id, title: id, authors: [] },
  score: 1,
  reason,
});
