import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openTrendStore } from "@/adapters/sqlite/stores/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { projectTrends } from "@/application/trend/counting/project_trends.ts";
import type { TrendEvent } from "@/application/trend/messages.ts";
import { DAY } from "@/domain/hours.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { operate, ready } from "@/tests/support/processes/processes.ts";

const TOKEN = "token-of-an-operator";
const DAYS = 80;

/** Each three days other books are read, by 40 readers a day. */
const acts = Array.from({ length: DAYS * 40 }, (_, at): TrendEvent => {
  const day = Math.floor(at / 40);
  const book = `p${Math.floor(day / 3)} b${at * 7 % 11}`;
  const time = Date.now() - (DAYS - day) * DAY + at % 40 * 60_000;
  return { type: ACTIVITY.bookViewed, id: `e${at}`, time, data: { book, reader: `r${at % 40}` } };
});

describe("tune trend, while the service is running", () => {
  const folder = Deno.makeTempDirSync();
  const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN };
  let trend: Started;
  const window = async () => (await (await fetch(`${trend.url("trend")}/v1/trends/books`)).json()).window;
  before(async () => {
    const store = openTrendStore({ path: `${folder}/trend.db`, clock });
    for (let at = 0; at < acts.length; at += 500) {
      await store.at(1).uow.run((stores) => projectTrends(acts.slice(at, at + 500), stores));
    }
    await store.close();
    trend = await ready("trend", env);
  });
  after(async () => {
    trend.signal("SIGTERM");
    expect((await trend.ended()).code).toBe(0);
    await Deno.remove(folder, { recursive: true });
  });

  it("a dry run says what would be won and changes nothing", async () => {
    const before = await window();
    const { code, out, err } = await operate("tune", ["trend", "--dry-run"], env);
    expect([code, out.includes("before: ") && out.includes("nothing was changed")]).toEqual([0, true]);
    expect(err).toContain("buckets read");
    expect(await window()).toBe(before);
  });

  it("puts the best window in force, which the service shows by itself, once better than the one before", async () => {
    const { code, out } = await operate("tune", ["trend", "--json"], env);
    const { window: chosen, before, after: now, setting, tried } = JSON.parse(out);
    expect([code, setting]).toEqual([0, 1]);
    expect(now.worth).toBeGreaterThan(before.worth);
    expect(tried.length).toBeGreaterThan(10);
    await eventually(async () => await window() === chosen);
    expect(JSON.parse((await operate("tune", ["trend", "--json"], env)).out).setting).toBe(2);
  });

  it("what cannot be done ends in a message and status 1", async () => {
    expect(await operate("tune", ["trend", "--minutes", "0"], env)).toMatchObject({ code: 1 });
    const none = Deno.makeTempDirSync();
    const { code, err } = await operate("tune", ["trend"], { ...env, DATA_DIR: none });
    expect([code, /the history is too short: wanted .*, found \d+ buckets?/.test(err)]).toEqual([1, true]);
    await Deno.remove(none, { recursive: true });
  });
});
