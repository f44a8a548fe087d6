import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { nextMarks } from "@/application/recommendation/engine/next_marks.ts";
import type { Changed, ChangeMark } from "@/application/recommendation/ports.ts";

const marksOf = (kind: Changed["kind"], count: number): ChangeMark[] =>
  Array.from({ length: count }, (_, at) => ({ kind, id: `${kind} ${at}`, mark: String(at) }));

async function countsOf(readers: number, lists: number) {
  const stored = [...marksOf("reader", readers), ...marksOf("list", lists)];
  const taken = await nextMarks({ oldest: (limit) => Promise.resolve(stored.slice(0, limit)) });
  const of = (kind: Changed["kind"]) => taken.filter((mark) => mark.kind === kind).length;
  return [of("reader"), of("list")];
}

describe("nextMarks()", () => {
  it("takes few marked lists beside a change, so that the next change does not wait for all of them", async () => {
    expect(await countsOf(1, 900)).toEqual([1, 50]);
    expect(await countsOf(1, 5_000)).toEqual([1, 50]);
  });

  it("takes every changed reader up to the most of a round", async () => {
    expect(await countsOf(3_000, 900)).toEqual([3_000, 50]);
    expect(await countsOf(30_000, 10)).toEqual([20_000, 0]);
  });

  it("takes many lists where nothing else is marked", async () => {
    expect(await countsOf(0, 900)).toEqual([0, 900]);
    expect(await countsOf(0, 0)).toEqual([0, 0]);
  });
});
