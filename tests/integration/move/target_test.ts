import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openMoveTarget } from "@/adapters/mysql/move/target.ts";
import { WEB_MIGRATIONS } from "@/adapters/mysql/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { sourceIn } from "@/services/cli/move/open_stores.ts";
import { openSuite, servicesOf } from "@/tests/support/suites/embedded_suite.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";

for (const { name, url } of SERVERS) {
  describe(`a fresh database of ${name}, where a suite moves to`, () => {
    const folder = Deno.makeTempDirSync();
    const database = databaseFor(url);
    after(async () => {
      await Deno.remove(folder, { recursive: true });
      await database.drop();
    });

    it("holds nothing that counts, takes the notes of a deployment that has packs, and can be cleared of them", async () => {
      const suite = await openSuite({ DATA_DIR: folder });
      await (await servicesOf(suite).web("all")).stop();
      await suite.close();
      const source = sourceIn(folder);
      const target = await openMoveTarget({ server: { url }, name: database.name, migrations: WEB_MIGRATIONS, clock });
      try {
        expect(Object.entries(await target.counts()).filter(([, rows]) => rows > 0)).toEqual([]);
        const notes = source.store("web", source.tails(new Map()));
        const rows = [...notes.rows("deployment", 0)];
        expect([rows.map(({ name }) => name), notes.count("deployment")]).toEqual([["secret"], 1]);
        await target.put({ table: "deployment", rows }, { state: "begun" });
        expect((await target.counts()).deployment).toBe(1);
        await target.clear("rows ");
        expect((await target.counts()).deployment).toBe(0);
      } finally {
        await target.close();
        source.close();
      }
    });
  });
}
