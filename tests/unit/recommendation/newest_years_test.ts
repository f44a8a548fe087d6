import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { newArrivals } from "@/domain/recommendation/arrivals.ts";
import { BookIndex } from "@/domain/recommendation/book_index.ts";
import { tastesOf } from "@/domain/recommendation/interaction.ts";
import type { BookFacts } from "@/domain/recommendation/likeness.ts";
import { newestYears } from "@/domain/recommendation/newest_years.ts";
import { recommend } from "@/domain/recommendation/recommend.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { interaction as row } from "@/tests/support/recommendation/interactions.ts";

const book = (id: string, year?: number, author = `author ${id}`): BookFacts => ({
  id,
  title: `T-${id}`,
  authors: [author],
  subjects: [],
  popularity: 0,
  ...(year === undefined ? {} : { year }),
});
/** Books that are chosen lately, equally much: those of these years, and old ones up to so many. */
const chosen = (years: number[], count = 100) =>
  Array.from({ length: count }, (_, at) => book(`c${at + 100}`, years[at] ?? 1900));

const indexOf = (...books: BookFacts[]) => {
  const index = new BookIndex();
  for (const facts of books) index.put(facts);
  return index;
};
const listOf = (index: BookIndex, books: BookFacts[]) => ({
  books: books.map(({ id }) => index.numberOf(id)),
  similarities: books.map(() => 1),
  readers: 0,
});

describe("newestYears()", () => {
  const of = (books: BookFacts[]) => {
    const index = indexOf(...books);
    return newestYears(listOf(index, books), index);
  };

  it("takes the year which, with those after it, has a twenty-fifth of what is chosen lately", () => {
    expect(of(chosen([1931, 1930, 1929, 1928, 1928]))).toEqual({ fresh: 1928, latest: 1931 });
    expect(of(chosen([1931, 1931, 1931, 1931]))).toEqual({ fresh: 1931, latest: 1931 });
  });

  it("says nothing where few of the books have a year", () => {
    expect(of(chosen([], 59))).toBeUndefined();
    expect(of([...chosen([], 59), ...Array.from({ length: 40 }, (_, at) => book(`n${at}`))])).toBeUndefined();
    expect(of(chosen([], 60))).toEqual({ fresh: 1900, latest: 1900 });
  });
});

describe("recommend(), by years", () => {
  const lately = chosen([1930, 1930, 1930, 1930, 1930]);
  const own = book("own", 1920, "A");
  type Shop = {
    settings?: typeof DEFAULT_SETTINGS;
    chosenLately?: BookFacts[];
    near?: BookFacts[];
    readers?: number;
    arrivals?: BookFacts[];
    year?: number;
  };
  /** What is listed of an author's books for a reader of one of them. `near`: those that its `readers` chose too. */
  const listed = (
    alike: BookFacts[],
    { settings = DEFAULT_SETTINGS, chosenLately = lately, near = [], readers = 0, arrivals = [], year = own.year! }:
      Shop = {},
  ) => {
    const index = indexOf({ ...own, year }, ...alike, ...chosenLately);
    const list = recommend({
      index,
      tastes: tastesOf([row("r", "own")]),
      knownWorks: new Set(),
      neighbours: new Map([["own", { ...listOf(index, near), readers }]]),
      nearest: 400,
      lately: listOf(index, chosenLately),
      arrivals: arrivals.map(({ id }) => index.numberOf(id)),
      searches: [],
      popular: [],
      alike: [alike.map(({ id }) => index.numberOf(id))],
      settings,
      limit: 200,
    });
    return list.filter(({ book }) => alike.includes(book));
  };
  const scoresOf = (list: ReturnType<typeof listed>) =>
    Object.fromEntries(list.map(({ book, score }) => [book.id, score]));
  const notFresh = { ...DEFAULT_SETTINGS, fresh: 0 };
  const old = book("a old", 1910, "A");
  const fresh = book("b new", 1930, "A");

  const later = book("c later", 1931, "A");

  it("lists a new book before others of the author, because of the reader's book, and as much as the setting says", () => {
    const list = listed([old, fresh]);
    expect(list.map(({ book, reason }) => [book.id, reason.text])).toEqual([
      ["b new", "Because you read T-own"],
      ["a old", "Because you read T-own"],
    ]);
    expect(list[0]!.score - list[1]!.score).toBeCloseTo(DEFAULT_SETTINGS.fresh / 2, 5);
    expect(listed([old, fresh], { settings: notFresh })[0]?.book.id).toBe("a old");
  });

  it("counts a new book half as much where five readers chose the reader's book", () => {
    const scores = scoresOf(listed([old, fresh], { readers: 5 }));
    expect(scores["b new"]! - scores["a old"]!).toBeCloseTo(DEFAULT_SETTINGS.fresh / 4, 5);
  });

  it("counts a later book as new only where it is chosen lately", () => {
    const chosenLately = [...lately, later];
    const [as, without] = [{}, { settings: notFresh }].map((shop) =>
      scoresOf(listed([old, later], { ...shop, chosenLately }))
    );
    expect(as!["c later"]! - without!["c later"]!).toBeCloseTo(DEFAULT_SETTINGS.fresh / 2, 5);
    expect(scoresOf(listed([old, later]))).toEqual(scoresOf(listed([old, later], { settings: notFresh })));
  });

  it("counts a book less that is newer than all that is chosen, unless readers of the reader's books chose it", () => {
    const unchosen = scoresOf(listed([old, later]));
    expect(unchosen["c later"]! / unchosen["a old"]!).toBeCloseTo(0.25, 5);
    const near = scoresOf(listed([old, later], { near: [old, later] }));
    expect(near["c later"]).toBe(near["a old"]);
  });

  it("counts new books three times as much for a reader of a book of the last years as for one of an old book", () => {
    const gain = (year: number) => {
      const scores = scoresOf(listed([old, fresh], { year }));
      return scores["b new"]! - scores["a old"]!;
    };
    expect(gain(1928)).toBeCloseTo(1.5 * DEFAULT_SETTINGS.fresh, 5);
    expect(gain(1927)).toBeCloseTo(0.5 * DEFAULT_SETTINGS.fresh, 5);
  });

  it("counts a new arrival where readers of the reader's books chose it, also in a shop without years", () => {
    const gain = (shop: Shop) => {
      const chosenLately = lately.slice(0, 20);
      const scores = scoresOf(listed([old, fresh], { chosenLately, arrivals: [fresh], ...shop }));
      return scores["b new"]! - scores["a old"]!;
    };
    expect(gain({ near: [old, fresh] })).toBeCloseTo(DEFAULT_SETTINGS.fresh, 5);
    expect(gain({})).toBe(0);
  });

  it("leaves years alone in a shop of few choices", () => {
    const chosenLately = lately.slice(0, 20);
    const ids = listed([old, fresh, later], { chosenLately }).map(({ book }) => book.id);
    expect(ids).toEqual(["a old", "b new", "c later"]);
  });
});

describe("newArrivals()", () => {
  const choices = (count: number, from = 0) =>
    Array.from({ length: count }, (_, at) => ({ book: `b${from + at}`, time: from + at + 1 }));
  const ids = (made: ReturnType<typeof newArrivals>) => made.map(({ book }) => book);

  it("are the books all of whose readers chose them among the newest 200 choices", () => {
    const arrived = ids(newArrivals(choices(201), (book) => book === "b7" ? 2 : 1));
    expect(arrived).toHaveLength(199);
    expect(arrived).toEqual(arrived.toSorted());
    expect(arrived).not.toContain("b0");
    expect(arrived).not.toContain("b7");
  });

  it("are none in a shop of 200 choices, and none among more choices of one time", () => {
    expect(newArrivals(choices(200), () => 1)).toEqual([]);
    const imported = choices(300).map(({ book }) => ({ book, time: 1 }));
    expect(newArrivals(imported, () => 1)).toEqual([]);
    expect(ids(newArrivals([...imported, { book: "new", time: 2 }], () => 1))).toEqual(["new"]);
  });
});
