import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";

describe("reads of an SQLite file", () => {
  it("let other work have its turn, however many of them one request needs", async () => {
    const folder = await Deno.makeTempDir();
    const database = openStoreDatabase({
      path: `${folder}/turns.db`,
      migrations: ["CREATE TABLE one (n INTEGER)"],
      clock,
    });
    let [turns, reading] = [0, true];
    const count = () => {
      turns++;
      if (reading) setTimeout(count, 0);
    };
    setTimeout(count, 0);
    const began = performance.now();
    while (performance.now() - began < 200) await database.read.all("SELECT COUNT(*) AS n FROM one");
    reading = false;
    expect(turns).toBeGreaterThan(3);
    await database.close();
    await Deno.remove(folder, { recursive: true });
  });
});
