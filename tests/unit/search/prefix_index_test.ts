import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { PrefixIndex } from "@/domain/catalog/search/prefix_index.ts";
import { documentText, readDocument } from "@/domain/catalog/search/search_document.ts";
import { book } from "@/tests/support/samples.ts";

const indexOf = (titles: string[], many?: number) => {
  const index = new PrefixIndex(many);
  for (const [at, title] of titles.entries()) {
    const one = book(String(at), { title, authors: [], subjects: [] });
    index.add(readDocument(one.id, { popularity: 0, acts: 0 }, documentText(one)));
  }
  return index;
};

/** Single letters are initials, which are joined: `a b` is the word `ab`. */
const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 2, maxLength: 4 });
const title = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));

describe("PrefixIndex", () => {
  it("finds the books that have every word and a word with the beginning, in the order in which they were added", () => {
    fc.assert(fc.property(fc.array(title), word, word, fc.integer({ min: 1, max: 5 }), (titles, whole, start, most) => {
      const wanted = [{ texts: [whole], prefix: false }, { texts: [start], prefix: true }];
      const has = (one: string) => one.split(" ").includes(whole) && ` ${one}`.includes(` ${start}`);
      const right = titles.flatMap((one, at) => has(one) ? [at] : []).slice(0, most);
      for (const many of [0, 2, 99]) {
        const index = indexOf(titles, many);
        expect([index.find(wanted, most), index.find(wanted, most)]).toEqual([right, right]);
      }
    }));
  });

  it("finds the books whose title begins so", () => {
    fc.assert(fc.property(fc.array(title), title, fc.integer({ min: 1, max: 5 }), (titles, start, most) => {
      const right = titles.flatMap((one, at) => one.startsWith(start) ? [at] : []).slice(0, most);
      for (const many of [0, 99]) expect(indexOf(titles, many).titled(start, most)).toEqual(right);
    }));
  });

  it("is sorted in steps, and finds the same books in any state of that", () => {
    const titles = Array.from({ length: 1_800 }, (_, at) => `${"abc"[at % 3]}${(at * 7919 % 1_800).toString(36)} more`);
    const find = (index: PrefixIndex) => index.find([{ texts: ["b1"], prefix: true }], 99);
    const right = find(indexOf(titles));
    expect(right.length).toBeGreaterThan(9);
    const index = indexOf(titles);
    let steps = 0;
    for (const _ of index.sort()) {
      steps++;
      expect(find(index)).toEqual(right);
    }
    expect(steps).toBeGreaterThan(2);
    expect(index.sort().next().done).toBe(true);
  });

  it("gives back the documents that were added", () => {
    const titles = ["Part 2: The O'Brien Tides (Sea Songs #4)", "Müller"];
    const index = indexOf(titles);
    for (const [at, title] of titles.entries()) {
      const text = documentText(book(String(at), { title, authors: [], subjects: [] }));
      const right = readDocument(String(at), { popularity: 0, acts: 0 }, text);
      expect([index.document(at), index.document(at)]).toEqual([right, right]);
    }
  });

  it("takes other forms of a word too, and goes on when books are added behind a search", () => {
    const index = indexOf(["Part 2", "Part ii"]);
    expect(index.find([{ texts: ["2", "ii"], prefix: false }], 9)).toEqual([0, 1]);
    expect(index.find([{ texts: ["pa"], prefix: true }], 9)).toEqual([0, 1]);
    const one = book("later", { title: "Paper", authors: [], subjects: [] });
    index.add(readDocument(one.id, { popularity: 0, acts: 0 }, documentText(one)));
    expect(index.find([{ texts: ["pa"], prefix: true }], 9)).toEqual([0, 1, 2]);
  });
});
