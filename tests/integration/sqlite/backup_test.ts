import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { embedded } from "@/services/shared/adapters/embedded.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { startSuite } from "@/services/suite/app.ts";
import { text } from "@/tests/docs/pages.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** The suite over the files of a folder. */
async function suiteOn(folder: string) {
  const files = embedded(readSettings({ DATA_DIR: folder }, []), logger);
  const stores = { web: files.web(), trend: files.trend(), recommendation: files.recommendation() };
  const log = await files.log();
  const suite = await startSuite({ stores, log, leastReaders: 1, adminToken: TOKEN, clock, ids, logger });
  await suite.joined;
  return {
    send: async (path: string, body: unknown) =>
      (await suite.web.fetch(new Request(`http://suite.test${path}`, sending("POST", body)))).status,
    async stop() {
      await suite.stop();
      for (const part of [log, ...Object.values(stores)]) await part.close();
    },
  };
}

const count = (folder: string, name: string, table: string): number => {
  const database = new DatabaseSync(join(folder, name), { readOnly: true });
  const { n } = database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number };
  database.close();
  return n;
};

describe("a backup of the data folder", () => {
  it("made while acts come in, in the order of the docs, has every accepted act once when it is put back", async () => {
    const [folder, copy] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    const live = await suiteOn(folder);
    expect(await live.send("/v1/books", { id: "b", title: "B" })).toBe(201);
    const act = (at: number) => ({ type: "viewed", reader: `r${at}`, book: "b", id: `e${at}` });
    let sent = 0;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        const acts = Array.from({ length: 20 }, () => act(sent++));
        expect(await live.send("/v1/events", acts)).toBe(202);
        await clock.sleep(1);
      }
    })();
    await eventually(() => count(folder, "trend.db", "vote") > 100);
    const names = /for name in ([a-z ]+); do sqlite3/.exec(text("docs/backup.md"))![1]!;
    const order = names.split(" ").map((name) => `${name}.db`);
    expect([...order].sort()).toEqual(["log.db", "recommendation.db", "trend.db", "web.db"]);
    for (const name of order) {
      const database = new DatabaseSync(join(folder, name), { timeout: 5_000 });
      await backup(database, join(copy, name), { rate: 1_000_000 });
      database.close();
      // What is copied next is ahead of this one.
      const reached = sent;
      await eventually(() => sent > reached + 100);
    }
    writing = false;
    await writer;
    await live.stop();

    const [accepted, counted] = [count(copy, "web.db", "act_id"), count(copy, "trend.db", "vote")];
    expect([accepted > counted, accepted < sent]).toEqual([true, true]);
    const restored = await suiteOn(copy);
    await eventually(() => count(copy, "web.db", "outbox") === 0);
    // The log has also what was accepted after the copy of the web store; that counts too, and once.
    const acts = Array.from({ length: sent }, (_, at) => act(at));
    for (let at = 0; at < sent; at += 500) {
      expect(await restored.send("/v1/events", acts.slice(at, at + 500))).toBe(202);
    }
    await eventually(() =>
      count(copy, "trend.db", "vote") >= sent && count(copy, "recommendation.db", "interaction") >= sent
    );
    await restored.stop();
    expect([count(copy, "trend.db", "vote"), count(copy, "recommendation.db", "interaction")]).toEqual([sent, sent]);
    for (const one of [folder, copy]) await Deno.remove(one, { recursive: true });
  });
});
