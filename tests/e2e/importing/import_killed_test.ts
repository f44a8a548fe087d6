import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { TOPICS } from "@/application/published/topics.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { followTopic } from "@/tests/support/kafka/follow_topic.ts";
import { OWN, type Started } from "@/tests/support/processes/launch.ts";
import { begin, killAll, operate, ready } from "@/tests/support/processes/processes.ts";
import { silent, text } from "@/tests/support/samples.ts";
import { WORLDS } from "@/tests/support/suites/worlds.ts";

/** `IMPORT_ROWS=200000` is what the docs' figures were made with. */
const ROWS = Number(Deno.env.get("IMPORT_ROWS") ?? 12_000);
const PATIENCE_MS = 60_000 + ROWS * 2;

/** One process on files, and Kafka with each database that there is a server for. */
for (const { name, env, suite, clear } of WORLDS.filter(({ suite, env }) => suite || "MYSQL_URL" in env)) {
  describe(`an import that is killed: ${name}`, () => {
    const file = `${env.DATA_DIR}/many.csv`;
    let relay: Started;
    let killed: Started | undefined;
    const importing = async (...args: string[]) => {
      const { code, out, err } = await operate("import", [file, ...args, "--json"], env);
      if (code !== 0) throw new Error(err);
      return JSON.parse(out);
    };
    before(async () => {
      const row = (at: number) => `k${at},Title ${at} of many,Author ${at % 97}\n`;
      await Deno.writeTextFile(file, `id,title,authors\n${Array.from({ length: ROWS }, (_, at) => row(at)).join("")}`);
      relay = await ready(suite ? "suite" : "web", {
        ...env,
        SAMPLE_CATALOGUE: "off",
        ADMIN_TOKEN: "a-token-for-tests",
      });
    });
    after(async () => {
      await killAll([relay, ...(killed === undefined ? [] : [killed])]);
      await clear();
    });

    it("goes on when it is run again; a third run changes nothing, and each book has one event", async () => {
      killed = begin("import", [file], env);
      const added = () => Number(killed!.err().match(/[\d,]+(?= added)/g)?.at(-1)?.replaceAll(",", "") ?? 0);
      await eventually(() => added() > ROWS / 10 || killed!.isOver(), PATIENCE_MS);
      expect(killed.isOver()).toBe(false);
      killed.signal("SIGKILL");
      await killed.ended();
      const dry = await importing("--dry-run");
      const second = await importing();
      expect(second.unchanged).toBeGreaterThan(0);
      expect(second.added + second.unchanged).toBe(ROWS);
      expect([dry.added, dry.unchanged]).toEqual([second.added, second.unchanged]);
      const third = await importing();
      expect([third.unchanged, third.added, third.changed]).toEqual([ROWS, 0, 0]);

      const log = await openAdapters(readSettings({ ...OWN, ...env }, []), silent).log();
      const read = followTopic(log, TOPICS.catalogEvents);
      await eventually(() => read.seen.length >= ROWS, PATIENCE_MS);
      const books = read.seen.map(({ value }) => JSON.parse(text(value)!).id);
      await read.stop();
      await log.close();
      expect([books.length, new Set(books).size]).toEqual([ROWS, ROWS]);
    });
  });
}
