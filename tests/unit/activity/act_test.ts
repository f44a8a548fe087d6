import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type ActDetails, createAct } from "@/domain/activity/act.ts";
import { afterAct, hasOpinion, popularityOf, type ReaderBook } from "@/domain/activity/reader_book.ts";

const NOW = 1_000_000_000;
const code = (details: ActDetails, time = NOW) => {
  const result = createAct(details, time, NOW);
  return result.ok ? "ok" : result.error.faults?.map((fault) => fault.path.join(".")).join(",") ?? result.error.code;
};

describe("createAct()", () => {
  it("takes every kind of act that is whole", () => {
    for (
      const details of [
        { type: "viewed", book: "b" },
        { type: "viewed", reader: "r", book: "b" },
        { type: "searched", query: "dune" },
        { type: "shelved", reader: "r", book: "b", shelf: "want" },
        { type: "rated", reader: "r", book: "b", rating: 5 },
        { type: "dismissed", reader: "r", book: "b" },
      ] satisfies ActDetails[]
    ) expect(code(details)).toBe("ok");
  });

  it("names what is missing or wrong", () => {
    expect(code({ type: "viewed" })).toBe("book");
    expect(code({ type: "searched", query: "?!" })).toBe("query");
    expect(code({ type: "searched", query: "x".repeat(201) })).toBe("query");
    expect(code({ type: "shelved", book: "b" })).toBe("reader,shelf");
    for (const rating of [0, 6, 4.5, NaN, undefined]) {
      expect(code({ type: "rated", reader: "r", book: "b", rating })).toBe("rating");
    }
    expect(code({ type: "dismissed", book: "b" })).toBe("reader");
  });

  it("refuses a reader id that looks like an e-mail address or has spaces", () => {
    for (const reader of ["ann@example.org", "a b", "", "x".repeat(65), "a\n"]) {
      expect([reader, code({ type: "viewed", reader, book: "b" })]).toEqual([reader, "reader"]);
    }
  });

  it("says what it found, and nothing where there was nothing", () => {
    for (const rating of [undefined, 6]) {
      const result = createAct({ type: "rated", reader: "r", book: "b", rating }, NOW, NOW);
      expect(result.ok ? "" : result.error.detail).toBe(
        `rating: wanted a whole number from 1 to 5, found ${rating ?? "nothing"}`,
      );
    }
  });

  it("refuses a time more than five minutes ahead, and only then", () => {
    expect(code({ type: "viewed", book: "b" }, NOW + 5 * 60_000)).toBe("ok");
    expect(code({ type: "viewed", book: "b" }, NOW + 5 * 60_000 + 1)).toBe("time-ahead");
  });
});

describe("popularityOf()", () => {
  const shelved = { type: "shelved", reader: "r", book: "b", shelf: "want" } as const;
  const dismissed = { type: "dismissed", reader: "r", book: "b" } as const;

  it("counts no reader who is not to be counted, neither when a book is kept nor when that is taken back", () => {
    const hidden = afterAct(undefined, shelved, 1, false);
    expect(popularityOf(undefined, hidden)).toBe(0);
    expect(popularityOf(hidden, afterAct(hidden, dismissed, 2))).toBe(0);
    expect(popularityOf(hidden, afterAct(hidden, shelved, 2))).toBe(5);
  });
});

describe("afterAct()", () => {
  it("takes back all that was said, and no older act brings it back", () => {
    const rated = afterAct(undefined, { type: "rated", reader: "r", book: "b", rating: 4 }, 1);
    const cleared = afterAct(rated, { type: "cleared", reader: "r", book: "b" }, 5);
    expect([hasOpinion(rated), hasOpinion(cleared), popularityOf(rated, cleared)]).toEqual([true, false, -5]);
    expect(afterAct(cleared, { type: "shelved", reader: "r", book: "b", shelf: "read" }, 4)).toBe(cleared);
  });

  it("takes back the place in the list or the stars alone, where the act says so", () => {
    const said = { reader: "r", book: "b", shelf: "read", rating: 4, dismissed: false, time: 1 } as const;
    const clear = (what: "shelf" | "rating", before: ReaderBook = said) =>
      afterAct(before, { type: "cleared", reader: "r", book: "b", what }, 2);
    expect(clear("shelf")).toEqual({ reader: "r", book: "b", rating: 4, dismissed: false, time: 2 });
    expect(clear("rating")).toEqual({ reader: "r", book: "b", shelf: "read", dismissed: false, time: 2 });
    expect(clear("shelf", { ...said, dismissed: true })?.dismissed).toBe(false);
    expect(clear("rating", { ...said, dismissed: true })?.dismissed).toBe(true);
  });

  const dismissed = { type: "dismissed", reader: "r", book: "b" } as const;

  it("keeps shelf and rating side by side, and takes a dismissal back when the book is shelved", () => {
    const rated = afterAct(undefined, { type: "rated", reader: "r", book: "b", rating: 4 }, 1);
    const gone = afterAct(rated, dismissed, 2);
    expect(gone).toEqual({ reader: "r", book: "b", rating: 4, dismissed: true, time: 2 });
    expect(afterAct(gone, { type: "shelved", reader: "r", book: "b", shelf: "read" }, 3)).toEqual({
      reader: "r",
      book: "b",
      rating: 4,
      shelf: "read",
      dismissed: false,
      time: 3,
    });
  });

  it("lets an act that comes late change nothing", () => {
    const now = afterAct(undefined, dismissed, 10);
    expect(afterAct(now, { type: "shelved", reader: "r", book: "b", shelf: "want" }, 9)).toBe(now);
  });
});
