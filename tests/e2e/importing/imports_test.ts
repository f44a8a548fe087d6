import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { start } from "@/tests/support/processes/processes.ts";

const TOKEN = "a-token-for-tests-only";
// Enough that the import is still under way when it is killed, on a fast machine too.
const ROWS = 40_000;

describe("an import over HTTP", () => {
  it("that was accepted goes on after a kill, with each row accounted for", async () => {
    const folder = await Deno.makeTempDir();
    const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN, SAMPLE_CATALOGUE: "off" };
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "text/csv" };
    const rows = Array.from(
      { length: ROWS },
      (_, at) => `k${at},${at % 100 === 99 ? "" : `Title ${at}`},Ida ${at % 7}\n`,
    );
    const first = start("suite", env);
    await eventually(() => Promise.resolve(first.out().includes("is ready")));
    const body = `id,title,authors\n${rows.join("")}`;
    const sent = await fetch(`${first.url("web")}/v1/imports`, { method: "POST", headers, body });
    const { id } = await sent.json();
    expect(sent.status).toBe(202);
    const state = async (url: string) => await (await fetch(`${url}/v1/imports/${id}`, { headers })).json();
    await eventually(async () => ((await state(first.url("web"))).report?.added ?? 0) > 0);
    first.signal("SIGKILL");
    await first.ended();
    const second = start("suite", env);
    try {
      await eventually(() => Promise.resolve(second.out().includes("is ready")));
      let job = await state(second.url("web"));
      await eventually(async () => (job = await state(second.url("web"))).ended !== undefined);
      const { rows, added, unchanged, rejected } = job.report;
      expect([job.state, job.attempts, rows, rejected]).toEqual(["done", 2, ROWS, ROWS / 100]);
      expect([unchanged > 0, added + unchanged]).toEqual([true, ROWS - ROWS / 100]);
      const rejects = await (await fetch(second.url("web") + job.rejects, { headers })).text();
      expect(rejects.trim().split("\n").length).toBe(1 + ROWS / 100);
    } finally {
      second.signal("SIGTERM");
      await second.ended();
      await Deno.remove(folder, { recursive: true });
    }
  });
});
