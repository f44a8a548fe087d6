import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { BENCHES, chooseBenches, DATABASES } from "@/bench/choose.ts";
import { compareFigures } from "@/bench/compare.ts";
import type { Kept } from "@/bench/report.ts";

describe("which benchmarks are run", () => {
  const chosen = (...words: string[]) => {
    const found = chooseBenches(words);
    return found.ok ? Object.fromEntries([...found.value].map(([on, names]) => [on, [...names]])) : found.error;
  };

  it("are all but those that take minutes, on all databases, where none is named", () => {
    const { embedded, mysql, mariadb } = chosen() as Record<string, string[]>;
    expect(new Set([...embedded!, ...mysql!]).size).toBe(BENCHES.filter(({ onlyByName }) => !onlyByName).length);
    expect(mysql).not.toContain("backlog");
    expect(mariadb).toEqual(mysql);
    expect(embedded).not.toContain("failover");
  });

  it("are those that are named, on the databases that are named", () => {
    expect(chosen("relay")).toEqual({ embedded: ["relay"], mysql: ["relay"], mariadb: ["relay"] });
    expect(chosen("mysql", "projection", "relay")).toEqual({ mysql: ["projection", "relay"] });
    expect(chosen("mariadb", "backlog")).toEqual({ mariadb: ["backlog"] });
    expect(Object.keys(chosen("embedded"))).toEqual(["embedded"]);
  });

  it("are none where a word is no name, or where a benchmark has none of the databases", () => {
    expect(chosen("relay", "rely")).toMatch(/^no such benchmark: rely; wanted embedded, .*relay/);
    expect(chosen("idle", "embedded")).toBe("idle is measured on mysql and mariadb only");
    expect(chosen("idle", "relay", "embedded")).toBe("idle is measured on mysql and mariadb only");
  });

  it("have names that no database has", () => {
    const names = [...DATABASES, ...BENCHES.map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the figures of two states of the code", () => {
  const kept = (value: number, more: Partial<Kept> = {}): Kept => ({
    at: "2026-11-23T10:00:00.000Z",
    commit: "abc",
    events: 1_000,
    bench: "relay",
    on: "mysql",
    figure: "backlog",
    value,
    unit: "1/s",
    ...more,
  });
  const compare = (before: number[], after: number[]) =>
    compareFigures(before.map((value) => kept(value)), after.map((value) => kept(value)))[0]!;

  it("are compared by their medians, with their spans", () => {
    expect(compare([3, 1, 2], [5, 8])).toEqual({
      name: "mysql relay backlog",
      unit: "1/s",
      before: { median: 2, least: 1, most: 3, runs: 3 },
      after: { median: 6.5, least: 5, most: 8, runs: 2 },
      disjoint: true,
    });
  });

  it("are told apart only where no run of the one is within the span of the other", () => {
    expect(compare([10, 20], [5, 9]).disjoint).toBe(true);
    expect(compare([10, 20], [20, 30]).disjoint).toBe(false);
    expect(compare([10, 20], [15]).disjoint).toBe(false);
  });

  it("are left out where the other has none of them with as many events", () => {
    const others = [{ events: 2_000 }, { figure: "other" }, { on: "mariadb" }, { bench: "pipeline" }];
    for (const more of others) expect(compareFigures([kept(1)], [kept(1, more)])).toEqual([]);
  });
});
