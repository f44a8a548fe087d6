import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { changeBook, createBook, sameDetails } from "@/domain/catalog/book.ts";
import { book } from "@/tests/support/samples.ts";

const details = { title: "Dune", authors: ["Frank Herbert"], subjects: [], popularity: 0 };

describe("createBook()", () => {
  it("makes the first version, trimmed, without repeats", () => {
    expect(
      createBook("b1", { ...details, title: " Dune ", authors: ["A", " A "], isbn13: "0-441-01359-7", language: "EN" }),
    ).toEqual({
      ok: true,
      value: {
        id: "b1",
        title: "Dune",
        authors: ["A"],
        subjects: [],
        popularity: 0,
        isbn13: "9780441013593",
        language: "en",
        version: 1,
      },
    });
  });

  it("names every rule that is broken, by its field", () => {
    const result = createBook("a b", {
      title: " ",
      authors: ["x".repeat(201)],
      subjects: [],
      popularity: -1,
      year: 0,
      isbn13: "123",
      language: "english",
    });
    expect(result.ok).toBe(false);
    const fields = result.ok ? [] : result.error.faults!.map((fault) => fault.path.join("."));
    expect(fields.sort()).toEqual(["authors.0", "id", "isbn13", "language", "popularity", "title", "year"]);
  });

  it("refuses ids that do not fit into a path", () => {
    for (const id of ["", "a/b", "a b", "a\u0000", "x".repeat(65), "a?b", "50%"]) {
      expect([id, createBook(id, details).ok]).toEqual([id, false]);
    }
    for (const id of ["b1", "雪国", "978-0", "x".repeat(64), "a.b~c"]) {
      expect([id, createBook(id, details).ok]).toEqual([id, true]);
    }
  });
});

describe("changeBook()", () => {
  it("makes the next version of the same id", () => {
    const changed = changeBook(book("b1", { version: 4 }), { ...details, title: "Other" });
    expect(changed.ok && [changed.value.id, changed.value.version, changed.value.title]).toEqual(["b1", 5, "Other"]);
  });
});

describe("sameDetails()", () => {
  it("sees no difference in what is only written differently, and each real one", () => {
    const known = book("b1", { isbn13: "9780441013593", year: 1965 });
    const { id: _id, version: _version, ...same } = known;
    expect(sameDetails(known, { ...same, isbn13: "0-441-01359-7", title: ` ${known.title} ` })).toBe(true);
    for (
      const other of [{ title: "x" }, { authors: ["B"] }, { year: 1966 }, { popularity: 1 }, { subjects: [] }, {
        language: "en",
      }]
    ) {
      expect(sameDetails(known, { ...same, ...other })).toBe(false);
    }
  });
});
