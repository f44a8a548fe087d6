import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cacheEach, cacheLists, sharePending } from "@/application/shared/concurrency/cache.ts";

describe("cacheEach()", () => {
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const reads: string[] = [];
  const read = (key: string) => {
    reads.push(key);
    return key === "fault" ? Promise.reject(new Error("away")) : Promise.resolve(key.toUpperCase());
  };

  it("reads each key once in its time, drops the oldest, and keeps no fault", async () => {
    const get = cacheEach(read, { maxAgeMs: 10, most: 2, clock });
    for (const key of ["a", "a", "b", "a"]) expect(await get(key)).toBe(key.toUpperCase());
    expect(reads.splice(0)).toEqual(["a", "b"]);
    await get("c");
    await get("a");
    expect(reads.splice(0)).toEqual(["c", "a"]);
    now = 10;
    await get("a");
    expect(reads.splice(0)).toEqual(["a"]);
    for (let time = 0; time < 2; time++) await expect(get("fault")).rejects.toThrow("away");
    expect(reads.splice(0)).toEqual(["fault", "fault"]);
  });
});

describe("cacheLists()", () => {
  it("reads only the keys that it does not keep, in their order, and keeps that there is nothing", async () => {
    let now = 0;
    const reads: string[][] = [];
    const get = cacheLists(
      (keys) => {
        reads.push(keys);
        return Promise.resolve(new Map(keys.filter((key) => key !== "none").map((key) => [key, key.toUpperCase()])));
      },
      { maxAgeMs: 10, most: 3, clock: { now: () => now, sleep: () => Promise.resolve() } },
    );
    expect(await get(["b", "a", "b"])).toEqual(["B", "A", "B"]);
    expect(await get(["a", "none"])).toEqual(["A", undefined]);
    expect(await get(["none"])).toEqual([undefined]);
    expect(reads.splice(0)).toEqual([["b", "a"], ["none"]]);
    await get(["c"]);
    expect(reads.splice(0)).toEqual([["c"]]);
    expect(await get(["b"])).toEqual(["B"]);
    expect(reads.splice(0)).toEqual([["b"]]);
    now = 10;
    expect(await get(["a"])).toEqual(["A"]);
    expect(reads).toEqual([["a"]]);
  });
});

describe("sharePending()", () => {
  it("shares a read among those that ask while it is pending, and reads again afterwards, also behind a failure", async () => {
    let reads = 0;
    const get = sharePending<number>();
    const read = () => Promise.resolve(++reads);
    expect(await Promise.all([get("a", read), get("a", read), get("b", read)])).toEqual([1, 1, 2]);
    expect(await get("a", read)).toBe(3);
    await expect(get("a", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
    expect(await get("a", read)).toBe(4);
  });
});
