import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openMoveTarget } from "@/adapters/mysql/move/target.ts";
import { WEB_MIGRATIONS } from "@/adapters/mysql/web_store.ts";
import { sourceIn } from "@/services/cli/move/open_stores.ts";
import { mysqlConnection } from "@/services/servers.ts";
import { readSettings } from "@/services/settings.ts";
import { openSuite, servicesOf } from "@/tests/support/embedded_suite.ts";
import { dropDatabases, SERVERS } from "@/tests/support/mysql.ts";

for (const { name, url } of SERVERS) {
  describe(`a fresh database of ${name}, where a suite moves to`, () => {
    const folder = Deno.makeTempDirSync();
    const prefix = `t${crypto.randomUUID().slice(0, 8)}_`;
    const settings = readSettings({ DATA_DIR: folder, MYSQL_URL: url, MYSQL_PREFIX: prefix }, []);
    after(async () => {
      await Deno.remove(folder, { recursive: true });
      await dropDatabases(url, [`${prefix}web`]);
    });

    it("holds nothing that counts, takes the notes of a deployment that has packs, and can be cleared of them", async () => {
      const suite = await openSuite({ DATA_DIR: folder });
      await (await servicesOf(suite).web("all")).stop();
      await suite.close();
      const source = sourceIn(folder);
      const target = await openMoveTarget({ ...mysqlConnection(url, settings, "web"), migrations: WEB_MIGRATIONS });
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
