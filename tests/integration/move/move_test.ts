import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cpSync } from "node:fs";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { moveSuite } from "@/application/moving/move_suite.ts";
import { STORES } from "@/application/moving/ports.ts";
import type { Report } from "@/application/moving/report.ts";
import { sourceIn, targetOf, whereto } from "@/services/cli/move/open_stores.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { drained } from "@/tests/support/suites/drained.ts";
import { openSuite, servicesOf } from "@/tests/support/suites/embedded_suite.ts";
import { fillEmbedded } from "@/tests/support/suites/fill_embedded.ts";
import { shownBy } from "@/tests/support/suites/shown_by.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { Killed, mortal } from "@/tests/support/messaging/memory_target.ts";
import { dropDatabases, SERVERS } from "@/tests/support/databases/mysql.ts";
import { silent } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

for (const { name, url } of brokers === "" ? [] : SERVERS) {
  describe(`an embedded suite moves to Kafka and ${name}`, () => {
    const id = crypto.randomUUID().slice(0, 8);
    const folder = Deno.makeTempDirSync();
    const stayed = Deno.makeTempDirSync();
    const env = {
      DATA_DIR: folder,
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: `t${id}.`,
      MYSQL_URL: url,
      MYSQL_PREFIX: `t${id}_`,
    };
    const settings = readSettings(env, []);
    after(async () => {
      await Deno.remove(folder, { recursive: true });
      await Deno.remove(stayed, { recursive: true });
      await dropDatabases(url, STORES.map((store) => `t${id}_${store}`));
    });

    it("interrupted at many writes, with equal counts in the end; no service starts on it before", async () => {
      await fillEmbedded(folder);
      cpSync(folder, stayed, { recursive: true });
      const target = await targetOf(whereto(settings), settings, silent);
      const guarded = mortal(target);
      const reports: Report[] = [];
      const source = sourceIn(folder);
      let kills = 0;
      let isKilled = true;
      try {
        // A move may have told its report and be killed before it has noted its end.
        while (isKilled) {
          expect(kills).toBeLessThan(100);
          guarded.dieAt(9 + kills, kills % 2 === 0 ? "before" : "after");
          const moved = moveSuite({
            source,
            ...guarded,
            topics: ALL_TOPICS,
            dryRun: false,
            batchSize: 10,
            now: () => 0,
            progress: () => {},
            report: (report) => reports.push(report),
          });
          isKilled = await moved.then(() => false, (error) => {
            if (error instanceof Killed) return true;
            throw error;
          });
          if (isKilled && kills++ === 0) {
            await expect(openSuite(env)).rejects.toThrow(/t\w+_web is half filled by a move that was interrupted/);
          }
        }
      } finally {
        source.close();
        await target.close();
      }
      expect(kills).toBeGreaterThan(4);
      // A report that comes after a kill at the very end tells of the stores that had no note of their end yet.
      const [{ tables, topics }] = reports as [Report, ...Report[]];
      expect(tables.filter(({ source, target }) => source !== target)).toEqual([]);
      expect(tables.length).toBeGreaterThan(20);
      for (const { unread, sent, held } of topics) {
        expect(sent).toBe(unread);
        expect(held).toBeGreaterThanOrEqual(sent);
      }
    });

    it("shows afterwards what it would have shown where it was, with each unread event counted once", async () => {
      const here = await openSuite({ DATA_DIR: stayed });
      const ran = await runAll(here);
      await drained(stayed, ["web", "trend", "recommendation"]);
      await ran.stop();
      await here.close();
      const source = sourceIn(stayed);
      const rows = Object.fromEntries(STORES.map((name) => {
        const store = source.store(name, []);
        // How often lists were written, and whether a book without neighbours has one, is chance; what they say is compared below.
        const chance = ["neighbour_list", "list_change", "letter"];
        const tables = store.tables.filter((table) => !chance.includes(table));
        return [name, Object.fromEntries(tables.map((table) => [table, store.count(table)]))];
      }));
      const letters = Object.fromEntries(STORES.map((name) => [name, source.store(name, []).count("letter")]));
      source.close();
      const again = await openSuite({ DATA_DIR: stayed });
      const wanted = await shownBy(again);
      await again.close();

      const there = await openSuite(env);
      const running = await runAll(there);
      const target = await targetOf(whereto(settings), settings, silent);
      try {
        // What is counted twice would still be too much, and what is lost still missing, when all of it has been read.
        await eventually(async () => {
          const { outbox } = await target.stores.web.counts();
          const { change_mark } = await target.stores.recommendation.counts();
          expect([outbox, change_mark]).toEqual([0, 0]);
          for (const name of STORES) expect(await target.stores[name].counts()).toMatchObject(rows[name]!);
          return true;
        });
        // A message that was sent again after a kill, and that nobody can handle, is parked twice; which ones they are is compared below.
        for (const name of STORES) {
          expect((await target.stores[name].counts()).letter).toBeGreaterThanOrEqual(letters[name]!);
        }
        await running.stop();
        expect(await shownBy(there)).toEqual(wanted);
      } finally {
        await there.close();
        await target.close();
      }
    });
  });
}

async function runAll(suite: Parameters<typeof servicesOf>[0]) {
  const services = servicesOf(suite);
  const all = [await services.web("all"), await services.trend(), await services.recommendation()];
  await Promise.all(all.map((one) => one.joined));
  return { stop: async () => void await Promise.all(all.map((one) => one.stop())) };
}
