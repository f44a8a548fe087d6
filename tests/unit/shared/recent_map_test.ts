import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { RecentMap } from "@/domain/recent_map.ts";

describe("RecentMap", () => {
  it("keeps what was used last, and forgets the rest", () => {
    const kept = new RecentMap<number>(10);
    for (let at = 0; at < 100; at++) {
      kept.set(`k${at}`, at);
      kept.get("k0");
    }
    expect([kept.get("k0"), kept.get("k99"), kept.get("k90"), kept.get("k50")]).toEqual([0, 99, 90, undefined]);
  });

  it("counts entries by their size, one that is replaced once", () => {
    const kept = new RecentMap<string>(10, (_, value) => value.length);
    for (let at = 0; at < 9; at++) kept.set("same", "xxxxx");
    kept.set("other", "yyyyy");
    expect([kept.get("same"), kept.get("other")]).toEqual(["xxxxx", "yyyyy"]);
    for (const key of ["a", "b", "c", "d"]) kept.set(key, "zzzzz");
    expect([kept.get("same"), kept.get("a"), kept.get("d")]).toEqual([undefined, "zzzzz", "zzzzz"]);
  });

  it("counts an entry by the size that it has last, however often it grows and is deleted", () => {
    const kept = new RecentMap<string>(10, (_, value) => value.length);
    for (let at = 0; at < 9; at++) {
      kept.set("same", "x");
      kept.set("same", "xxxxx");
      kept.delete("same");
    }
    const keys = Array.from({ length: 20 }, (_, at) => `k${at}`);
    for (const key of keys) kept.set(key, "yyyyy");
    expect(keys.filter((key) => kept.has(key)).length).toBe(4);
  });

  it("forgets an entry that is deleted, in either generation, and its size", () => {
    const kept = new RecentMap<number>(2);
    for (const [at, key] of ["a", "b", "c"].entries()) kept.set(key, at);
    for (const key of ["a", "c", "none"]) kept.delete(key);
    expect([kept.get("a"), kept.get("b"), kept.get("c")]).toEqual([undefined, 1, undefined]);
    kept.set("d", 3);
    expect([kept.get("b"), kept.get("d")]).toEqual([1, 3]);
  });
});
