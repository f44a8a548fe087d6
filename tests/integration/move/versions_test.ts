import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DatabaseSync } from "node:sqlite";
import { sourceIn } from "@/services/cli/move/open_stores.ts";
import { fillEmbedded } from "@/tests/support/suites/fill_embedded.ts";

describe("what an embedded suite has to move", () => {
  const folder = Deno.makeTempDirSync();
  after(() => Deno.remove(folder, { recursive: true }));

  it("is the version that readers see, and nothing that a rebuild has left beside it", async () => {
    await fillEmbedded(folder);
    const trend = new DatabaseSync(`${folder}/trend.db`);
    const columns = trend.prepare("SELECT name FROM pragma_table_info('vote')").all().map(({ name }) => String(name));
    const others = columns.filter((name) => name !== "version").map((name) => `"${name}"`).join(", ");
    const count = () => Number(trend.prepare("SELECT COUNT(*) AS n FROM vote WHERE version = 1").get()!.n);
    trend.exec(`INSERT INTO vote (version, ${others}) SELECT 2, ${others} FROM vote WHERE version = 1`);
    const live = count();
    trend.close();
    Deno.removeSync(`${folder}/trend.db.sum`);
    const source = sourceIn(folder);
    const store = source.store("trend", source.tails(new Map()));
    const rows = [...store.rows("vote", 0)];
    const told = store.count("vote");
    source.close();
    expect(live).toBeGreaterThan(0);
    expect([told, rows.length]).toEqual([live, live]);
    expect(new Set(rows.map(({ version }) => version))).toEqual(new Set([1]));
  });
});
