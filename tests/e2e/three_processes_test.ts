import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { ready, type Started } from "@/tests/support/processes.ts";

const TOKEN = "three-processes-token";
const BOOKS = Array.from({ length: 60 }, (_, at) => `b${at}`);
const READERS = 2_000;
const EVENTS = 12_000;
const BATCH = 500;

/** Acts with known counts: event `at` is a view or a place on a shelf, and some of them say the same thing again. */
const act = (at: number) => ({
  id: `e${at}`,
  reader: `r${at % READERS}`,
  book: BOOKS[(at * 7 + Math.floor(at / READERS)) % BOOKS.length],
  ...(at % 3 === 0 ? { type: "shelved", shelf: "read" } : { type: "viewed" }),
});

const get = async (url: string) => await (await fetch(url)).json();
const post = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
  });
  return { status: response.status, body: await response.json() };
};

describe("three processes that share a folder", () => {
  let folder: string;
  const running: Started[] = [];
  const run = async (...args: Parameters<typeof ready>) => {
    const started = await ready(...args);
    running.push(started);
    return started;
  };
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(async () => {
    for (const one of running) {
      try {
        one.signal("SIGKILL");
      } catch {
        // It has ended already.
      }
      await one.ended();
    }
    await Deno.remove(folder, { recursive: true });
  });

  it("count every act once, to the unit, while each of them is killed and two share a group", async () => {
    const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN, TREND_MIN_READERS: "1" };
    let trend = await run("trend", env);
    const second = await run("trend", { ...env, ROLE: "consumer" });
    let recommendation = await run("recommendation", env);
    let web = await run("web", { ...env, TREND_URL: trend.url(), RECOMMENDATION_URL: recommendation.url() });
    for (const id of BOOKS) {
      expect((await post(`${web.url()}/v1/books`, { id, title: `Book ${id}`, authors: ["A"] })).status).toBe(201);
    }

    // One time for all, as an act in another hour would be another vote.
    const time = new Date().toISOString();
    const acts = Array.from({ length: EVENTS }, (_, at) => ({ ...act(at), time }));
    for (let at = 0; at < EVENTS; at += BATCH) {
      const batch = acts.slice(at, at + BATCH);
      if (at === 3_000) {
        trend.signal("SIGKILL");
        await trend.ended();
      }
      if (at === 6_000) {
        recommendation.signal("SIGKILL");
        await recommendation.ended();
        recommendation = await run("recommendation", env);
      }
      if (at === 9_000) {
        // Killed while a batch is on its way: whether it was accepted is not known, so it is sent again.
        const lost = post(`${web.url()}/v1/events`, batch).catch(() => undefined);
        web.signal("SIGKILL");
        await web.ended();
        await lost;
        web = await run("web", env);
      }
      const answer = await post(`${web.url()}/v1/events`, batch);
      expect([answer.status, answer.body.accepted]).toEqual([202, batch.length]);
      if (at % 1_500 === 0) expect((await post(`${web.url()}/v1/events`, batch)).body.accepted).toBe(batch.length);
    }
    trend = await run("trend", env);

    const votes = new Map<string, Set<string>>();
    for (const one of acts) votes.set(one.book!, (votes.get(one.book!) ?? new Set()).add(`${one.reader} ${one.type}`));
    const wanted = Object.fromEntries([...votes].map(([book, own]) => [book, own.size]).sort());
    const counts = async () => {
      const { items } = await get(`${trend.url()}/v1/trends/books?limit=100`);
      return Object.fromEntries(
        items.map((item: { book: { id: string }; count: number }) => [item.book.id, item.count]).sort(),
      );
    };
    const total = (all: Record<string, number>) => Object.values(all).reduce((sum, one) => sum + one, 0);
    await eventually(async () => total(await counts()) >= total(wanted), 60_000);
    expect(await counts()).toEqual(wanted);

    const reader = await eventually(async () => {
      const { items } = await get(`${recommendation.url()}/v1/readers/r1/recommendations?limit=5`);
      return items.length === 5 && items;
    }, 30_000);
    expect(reader[0].reason.kind).toBe("because_you");

    second.signal("SIGTERM");
    expect((await second.ended()).code).toBe(0);
    for (const one of [web, trend, recommendation]) {
      one.signal("SIGTERM");
      expect((await one.ended()).code).toBe(0);
    }
  });
});
