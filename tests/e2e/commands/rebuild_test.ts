import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { DAY } from "@/domain/hours.ts";
import { trendDump } from "@/tests/support/databases/dumps.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { mixture } from "@/tests/support/mixture.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { begin, operate, ready } from "@/tests/support/processes/processes.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const TOKEN = "token-of-an-operator";
const EVENTS = 8_000;

describe("rebuild, while the suite is running", () => {
  const folder = Deno.makeTempDirSync();
  const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN, SAMPLE_CATALOGUE: "off", TREND_MIN_READERS: "1" };
  let suite: Started;
  let total: number;
  before(async () => {
    suite = await ready("suite", env);
    const log = await openEventLog({ path: `${folder}/log.db`, clock, ids, logger });
    const all = mixture(9, EVENTS, Date.now() - 5 * DAY, Date.now() - 1_000).map(({ message }) => message);
    total = all.length;
    for (let at = 0; at < total; at += 500) await log.append(all.slice(at, at + 500));
    await log.close();
    // Books that are removed among them make more events, by activity's policy: all is quiet when nothing waits anywhere.
    total = await eventually(async () => {
      const parts = async (service: string) =>
        (await (await fetch(`${suite.url(service)}/readyz?verbose`)).json()).parts;
      const [web, trend] = [await parts("web"), await parts("trend")];
      const waits = (part: { partitions: { lag_messages: number }[] }) =>
        part.partitions.some(({ lag_messages }) => lag_messages > 0);
      const busy = waits(web["activity-policies"]) || waits(web["activity-commands"]) || web.outbox.rows > 0;
      const { handled, skipped } = trend.consumer;
      return !busy && !waits(trend.consumer) && handled === total && Number(handled) + Number(skipped);
    });
  });
  after(async () => {
    suite.signal("SIGTERM");
    expect((await suite.ended()).code).toBe(0);
    await Deno.remove(folder, { recursive: true });
  });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const lists = async (service: string, path: string) =>
    (await (await fetch(suite.url(service) + path, { headers })).json()).items;
  const at = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
  const shown = async () => [
    await lists("trend", `/v1/trends/books?window=7d&limit=50&at=${at}`),
    await lists("trend", `/v1/trends/queries?window=24h&limit=50&at=${at}`),
    await lists("recommendation", "/v1/readers/r1/recommendations?limit=20"),
  ];
  const liveVersion = async () => {
    const { out } = await operate("rebuild", ["trend", "--dry-run", "--json"], env);
    return JSON.parse(out).live;
  };

  it("a dry run says what would be done; what cannot be understood ends in a message and status 1", async () => {
    const plan = await operate("rebuild", ["trend", "--dry-run", "--json"], env);
    expect([plan.code, JSON.parse(plan.out)]).toEqual([
      0,
      { live: 1, next: 2, resumes: false, messages: total, lost: [] },
    ]);
    const wrong = await operate("rebuild", ["shop"], env);
    expect([wrong.code, wrong.err.trim().split("\n").at(-1)]).toEqual([
      1,
      "bookstream rebuild: wanted trend or recommendation, found shop",
    ]);
  });

  it("killed in the middle it has changed nothing that is seen; run again it goes on and shows the same lists", async () => {
    const before = await shown();
    const store = openTrendStore({ path: `${folder}/trend.db`, clock });
    const dying = begin("rebuild", ["trend"], env);
    await eventually(async () => (await store.at(2).history.keys(undefined, 1)).length > 0);
    dying.signal("SIGKILL");
    await dying.ended();
    expect([await liveVersion(), await shown()]).toEqual([1, before]);
    // It waits until the lease of the killed one has run out.
    const done = await operate("rebuild", ["trend", "--json"], env);
    expect([done.code, done.err]).toEqual([0, "waiting for an attempt that was alive a few seconds ago\n"]);
    const { state, plan, parked, read } = JSON.parse(done.out);
    expect([state, plan.live, plan.next, parked]).toEqual(["switched", 1, 2, 0]);
    expect([plan.resumes, read < total]).toEqual([true, true]);
    expect(await liveVersion()).toBe(2);
    expect(await trendDump(store.at(2))).toEqual(await trendDump(store.at(1)));
    await store.close();
    await eventually(async () => {
      expect(await shown()).toEqual(before);
      return true;
    });
  });

  it("recommendations are rebuilt with their lists, by the service over HTTP too", async () => {
    const before = await shown();
    const { code, out } = await operate("rebuild", ["recommendation"], env);
    expect([code, out.trim()]).toEqual([
      0,
      `readers now see version 2 instead of 1; ${countOf(total, "message")} read`,
    ]);
    expect(await shown()).toEqual(before);
    const url = `${suite.url("recommendation")}/v1/operations/rebuilds`;
    const headers = { authorization: `Bearer ${TOKEN}` };
    const begun = await fetch(url, { method: "POST", headers });
    expect([begun.status, begun.headers.get("location")]).toEqual([202, "/v1/operations/rebuilds"]);
    await begun.body?.cancel();
    const ended = await eventually(async () => {
      const state = await (await fetch(url, { headers })).json();
      return state.state !== "running" && state;
    });
    expect(ended).toMatchObject({ state: "switched", plan: { live: 2, next: 3 }, read: total });
    await clock.sleep(1_000);
    expect(await shown()).toEqual(before);
  });
});
