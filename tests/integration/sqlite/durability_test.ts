import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openDatabase } from "@/adapters/sqlite/database.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";

describe("a commit to an SQLite file", () => {
  const modesOf = async (durability: "full" | "off") => {
    const folder = await Deno.makeTempDir();
    const database = openDatabase({
      path: `${folder}/one.db`,
      migrations: ["CREATE TABLE one (n)"],
      clock,
      durability,
    });
    const modes: unknown[] = [];
    for (const asynchronous of [undefined, true, true, false, true, undefined]) {
      await database.transaction(({ get }) => {
        modes.push(get("PRAGMA synchronous")!.synchronous);
        return asynchronous === false ? Promise.reject(new Error("rolled back")) : Promise.resolve();
      }, asynchronous === undefined ? {} : { asynchronous }).catch(() => {});
    }
    await database.close();
    await Deno.remove(folder, { recursive: true });
    return modes;
  };
  const [OFF, NORMAL, FULL] = [0, 1, 2];

  it("waits for the disk, but for an asynchronous one, also around a transaction that is rolled back", async () => {
    expect(await modesOf("full")).toEqual([FULL, NORMAL, NORMAL, FULL, NORMAL, FULL]);
  });

  it("never waits where nothing need outlive a power cut", async () => {
    expect(await modesOf("off")).toEqual(Array(6).fill(OFF));
  });
});
