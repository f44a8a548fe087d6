import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createRandom } from "@/application/shared/random.ts";
import { actsOf, type ListedBook, type SimulatedAct } from "@/services/cli/simulate/simulated_reader.ts";

const SUBJECTS = ["sea", "war", "love", "food"];
const books = Array.from({ length: 40 }, (_, at): ListedBook => ({
  id: `b${at}`,
  title: `Title number ${at} of many`,
  subjects: [SUBJECTS[at % SUBJECTS.length]!],
  // Pairs of books are equally popular.
  popularity: 100 - Math.floor(at / 2),
}));

function first(count: number, { seed = 1, reader = "r1", among = books } = {}): SimulatedAct[] {
  const acts = actsOf(reader, among, createRandom(seed));
  return Array.from({ length: count }, () => acts.next().value!);
}

describe("actsOf()", () => {
  it("does the same for the same seed, and something else for another", () => {
    expect(first(50)).toEqual(first(50));
    expect(first(50, { seed: 2 })).not.toEqual(first(50));
  });

  it("does the same in whatever order the books are listed, which acts change", () => {
    expect(first(50, { among: books.toReversed() })).toEqual(first(50));
  });

  it("does everything that readers do, each act once", () => {
    const acts = first(200);
    expect(new Set(acts.map(({ type }) => type))).toEqual(new Set(["searched", "viewed", "shelved", "rated"]));
    expect(new Set(acts.map(({ id }) => id)).size).toBe(200);
  });

  it("keeps mostly to two subjects, and looks at popular books most", () => {
    const viewed = first(2_000).flatMap((act) => act.type === "viewed" ? [Number(act.book.slice(1))] : []);
    const bySubject = SUBJECTS.map((_, at) => viewed.filter((book) => book % SUBJECTS.length === at).length).sort();
    const [, , ...most] = bySubject.toSorted((a, b) => a - b);
    expect(most.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0.75 * viewed.length);
    expect(viewed.filter((book) => book < 20).length).toBeGreaterThan(0.6 * viewed.length);
  });

  it("looks at books of a catalogue without subjects", () => {
    const among = books.map((book) => ({ ...book, subjects: [] }));
    expect(first(20, { among }).length).toBe(20);
  });
});
