import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { samplesOf } from "@/tests/support/monitoring/exposition.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { ready, start } from "@/tests/support/processes/processes.ts";

const get = async (url: string, token = "") =>
  await (await fetch(url, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } })).json();

describe("start, in one process on the embedded default", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));
  const env = () => ({ DATA_DIR: folder });
  const token = () => Deno.readTextFileSync(join(folder, "admin-token")).trim();
  let cookie: string;
  const recommended = async (suite: Started) => {
    const reader = /^reader=(.+)\./.exec(cookie)![1];
    return (await get(`${suite.url("recommendation")}/v1/readers/${reader}/recommendations`, token())).items;
  };

  it("brings the sample catalogue, says where everything is, shows a search in the trends, and ends at SIGTERM within 3 s", async () => {
    const suite = await ready("suite", env());
    expect(suite.out()).toMatch(/loaded \d{3} sample books/);
    expect(suite.out()).toContain(`${folder}/admin-token`);
    const found = await get(`${suite.url("web")}/v1/books?q=dune`);
    expect(found.items[0].id).toBe("dune");
    await eventually(async () => (await get(`${suite.url("trend")}/v1/trends/queries`)).items[0]?.query === "dune");
    const page = await fetch(`${suite.url("web")}/books/dune`);
    await page.text();
    cookie = page.headers.get("set-cookie")!.split(";")[0]!;
    await eventually(async () => (await recommended(suite))[0]?.reason.book === "dune");
    for (const name of ["trend", "recommendation"]) {
      const { parts } = await get(`${suite.url(name)}/readyz?verbose`);
      expect([parts.log.ok, parts.consumer.ok, parts.consumer.handled > 0]).toEqual([true, true, true]);
      const metrics = await fetch(`${suite.url(name)}/metrics`, { headers: { authorization: `Bearer ${token()}` } });
      const taken = samplesOf(await metrics.text()).filter((one) => one.name === "bookstream_consumer_messages_total");
      expect(taken.map(({ labels }) => labels.consumer)).toContain(name);
    }
    suite.signal("SIGTERM");
    const { code, tookMs } = await suite.ended();
    expect([code, tookMs < 3_000]).toEqual([0, true]);
    expect(suite.err()).toBe("");
  });

  it("knows after a new start what it knew, and brings no second catalogue; a doubled Ctrl-C is one stop", async () => {
    const suite = await ready("suite", env());
    expect(suite.out()).not.toContain("sample books");
    expect((await get(`${suite.url("trend")}/v1/trends/queries`)).items[0]?.query).toBe("dune");
    expect((await recommended(suite))[0]?.reason.book).toBe("dune");
    const home = await (await fetch(`${suite.url("web")}/`, { headers: { cookie } })).text();
    expect(home).toContain("Because you looked at Dune");
    suite.signal("SIGINT");
    suite.signal("SIGINT");
    const { code, tookMs } = await suite.ended();
    expect([code, tookMs < 3_000, suite.err()]).toEqual([0, true, ""]);
  });

  it("asks for one reader a trend as long as there are sample books alone, and says so on its page", async () => {
    const suite = await ready("suite", env());
    const page = async () => await (await fetch(`${suite.url("web")}/trends`)).text();
    expect(await page()).toContain("One reader is enough for a trend here");
    const own = await fetch(`${suite.url("web")}/v1/books`, {
      method: "POST",
      body: JSON.stringify({ title: "Our own" }),
      headers: { "content-type": "application/json", authorization: `Bearer ${token()}` },
    });
    expect([own.status, (await own.json()).title]).toEqual([201, "Our own"]);
    await eventually(async () => (await page()).includes("at least 3 different readers"));
    expect((await get(`${suite.url("trend")}/v1/trends/queries`)).items).toEqual([]);
    suite.signal("SIGTERM");
    expect((await suite.ended()).code).toBe(0);
  });

  it("a port in use, a folder that cannot be written and a bad setting end in one message and status 1", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const cases: [Record<string, string>, string[], RegExp][] = [
      [
        { ...env(), WEB_PORT: String(listener.addr.port) },
        [],
        /^bookstream: web cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
      ],
      [{ DATA_DIR: "/dev/null/data" }, [], /^bookstream: DATA_DIR \/dev\/null\/data cannot be written/],
      [
        { ...env(), WEB_PORT: "http", ROLE: "boss", ADMIN_TOKEN: "short" },
        [],
        /WEB_PORT: [\s\S]*ROLE: [\s\S]*ADMIN_TOKEN: /,
      ],
      [env(), ["--prot", "1"], /unknown argument --prot/],
      [env(), ["--env-file", "/none"], /cannot read \/none/],
    ];
    for (const [given, args, message] of cases) {
      const suite = start("suite", given, { args });
      const { code } = await suite.ended();
      expect([code, suite.err()]).toEqual([1, expect.stringMatching(message)]);
      expect(suite.err()).not.toMatch(/^\s+at /m);
      expect(suite.err()).not.toContain("short");
    }
    listener.close();
  });

  it("a port in use ends each service with status 1, before it has taken a lease or joined a group", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = String(listener.addr.port);
    for (const service of ["web", "trend", "recommendation", "suite"] as const) {
      const own = await Deno.makeTempDir({ dir: folder });
      // The suite has its first two ports by then.
      const name = service === "suite" ? "recommendation" : service;
      const settings = { DATA_DIR: own, [`${name.toUpperCase()}_PORT`]: port, SAMPLE_CATALOGUE: "off" };
      const process = start(service, settings);
      expect([service, (await process.ended()).code]).toEqual([service, 1]);
      expect(process.err()).toMatch(
        new RegExp(`^bookstream: ${name} cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use`),
      );
      expect([service, ...taken(own)]).toEqual([service]);
    }
    listener.close();
  });
});

/** Leases and memberships that the embedded stores and log hold. */
function taken(folder: string): string[] {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".db")) continue;
    const database = new DatabaseSync(join(folder, name));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name IN ('lease', 'member')").all();
    for (const { name: table } of tables) {
      const rows = database.prepare(`SELECT name FROM ${table}`).all();
      found.push(...rows.map((row) => `${name}: ${table} ${row.name}`));
    }
    database.close();
  }
  return found;
}
