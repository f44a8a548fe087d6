import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import { WEB_MIGRATIONS } from "@/adapters/sqlite/web_store.ts";
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

  it("count what waits in the outbox without its messages", async () => {
    const folder = await Deno.makeTempDir();
    const database = openStoreDatabase({ path: `${folder}/web.db`, migrations: WEB_MIGRATIONS, clock });
    const plan = await database.read.all("EXPLAIN QUERY PLAN SELECT SUM(waiting) AS n FROM outbox");
    expect(plan.map(({ detail }) => detail)).toEqual(["SCAN outbox USING COVERING INDEX outbox_shard"]);
    await database.close();
    await Deno.remove(folder, { recursive: true });
  });
});
