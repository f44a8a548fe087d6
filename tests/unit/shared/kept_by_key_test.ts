import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { KeptByKey } from "@/application/shared/concurrency/kept_by_key.ts";

describe("KeptByKey", () => {
  const setup = () => {
    const reads: string[] = [];
    let value = 1;
    let held: Promise<void> | undefined;
    const kept = new KeptByKey<number>(async (keys) => {
      reads.push(keys.join());
      const found = new Map(keys.flatMap((key) => key === "none" ? [] : [[key, value]]));
      await held;
      return found;
    });
    return {
      kept,
      reads,
      get: async (...keys: string[]) => Object.fromEntries(await kept.get(keys)),
      change: () => void value++,
      /** Reads answer once it is called. */
      hold() {
        const { promise, resolve } = Promise.withResolvers<void>();
        held = promise;
        return resolve;
      },
    };
  };

  it("reads a key once, also one without a value, until it is forgotten", async () => {
    const { kept, reads, get, change } = setup();
    expect(await get("a", "none")).toEqual({ a: 1 });
    change();
    expect(await get("a", "none", "b")).toEqual({ a: 1, b: 2 });
    kept.forget(["a"]);
    expect(await get("a", "b")).toEqual({ a: 2, b: 2 });
    kept.forget();
    change();
    expect(await get("a", "b")).toEqual({ a: 3, b: 3 });
    expect(reads).toEqual(["a,none", "b", "a", "a,b"]);
  });

  it("does not keep what was forgotten while it was read", async () => {
    for (const forgotten of [["a"], undefined]) {
      const { kept, get, change, hold } = setup();
      const release = hold();
      const reading = get("a");
      change();
      kept.forget(forgotten);
      release();
      expect(await reading).toEqual({ a: 1 });
      expect(await get("a")).toEqual({ a: 2 });
    }
  });

  it("answers with what was kept when it was asked, also where that is forgotten while other keys are read", async () => {
    const { kept, get, hold } = setup();
    await get("a");
    const release = hold();
    const reading = get("a", "b");
    kept.forget();
    release();
    expect(await reading).toEqual({ a: 1, b: 1 });
  });

  it("reads again after a read that failed", async () => {
    let fails = true;
    const kept = new KeptByKey((keys: string[]) =>
      fails ? Promise.reject(new Error("no")) : Promise.resolve(new Map(keys.map((key) => [key, 1])))
    );
    await expect(kept.get(["a"])).rejects.toThrow("no");
    fails = false;
    expect(await kept.get(["a"])).toEqual(new Map([["a", 1]]));
  });
});
