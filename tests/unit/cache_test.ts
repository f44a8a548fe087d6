import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cacheEach } from "@/application/cache.ts";

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
