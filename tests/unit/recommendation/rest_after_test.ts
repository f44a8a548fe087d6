import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ChangeMark } from "@/application/recommendation/ports.ts";
import { restAfter } from "@/application/recommendation/engine/rest_after.ts";

const marksOf = (kind: ChangeMark["kind"], count: number): ChangeMark[] =>
  Array.from({ length: count }, (_, at) => ({ kind, id: `${kind}-${at}`, mark: `${at}/1` }));

describe("restAfter()", () => {
  it("rests as long as the round took while the engine keeps up, ten seconds at most", () => {
    const marks = [...marksOf("reader", 999), ...marksOf("list", 50)];
    expect(restAfter(marks, 300)).toEqual({ restMs: 300, quietMs: 200 });
    expect(restAfter(marks, 30_000)).toEqual({ restMs: 10_000, quietMs: 200 });
  });

  it("rests several rounds in a backlog, a minute at most, and takes only a longer silence for its end", () => {
    expect(restAfter(marksOf("reader", 1_000), 2_000)).toEqual({ restMs: 8_000, quietMs: 1_000 });
    expect(restAfter(marksOf("book", 1_000), 30_000)).toEqual({ restMs: 60_000, quietMs: 1_000 });
  });

  it("does not rest after a round that only finished lists", () => {
    expect(restAfter(marksOf("list", 5_000), 2_000).restMs).toBe(0);
  });

  it("does not rest where the clock was set back", () => {
    expect(restAfter(marksOf("reader", 1), -5_000).restMs).toBe(0);
  });
});
