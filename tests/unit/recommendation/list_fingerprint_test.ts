import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { listFingerprint } from "@/application/recommendation/engine/list_fingerprint.ts";

describe("listFingerprint()", () => {
  it("is the same for equal lists, a whole number, and differs for lists that differ in anything", () => {
    const list = (readers: number, ...neighbours: [string, number][]) =>
      listFingerprint({ readers, neighbours: neighbours.map(([book, similarity]) => ({ book, similarity })) });
    expect(list(3, ["a", 0.5])).toBe(list(3, ["a", 0.5]));
    const lists = [
      list(3),
      list(3, ["a", 0.5]),
      list(4, ["a", 0.5]),
      list(3, ["a", 0.500000001]),
      list(3, ["b", 0.5]),
      list(3, ["a", 0.5], ["b", 0.25]),
      list(3, ["b", 0.25], ["a", 0.5]),
      list(3, ["ab", 0.5]),
      list(3, ["a", 0.25], ["b", 0.5]),
    ];
    // Neighbours of one letter and similarities a billionth apart.
    for (let at = 0; at < 20_000; at++) lists.push(list(at % 7, [`x${at % 97}`, 0.1 + at * 1e-9]));
    expect(new Set(lists).size).toBe(lists.length);
    expect(lists.every(Number.isSafeInteger)).toBe(true);
  });
});
