import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { HOUR } from "@/domain/hours.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { startTrend } from "@/services/trend/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { bookAdded, event, numbers } from "@/tests/support/mixture.ts";
import { silent as logger, vote } from "@/tests/support/samples.ts";

const PATH = "/v1/operations/rebuilds";
const BOOKS = Array.from({ length: 25 }, (_, at) => `b${at}`);
const READERS = Array.from({ length: 12 }, (_, at) => `r${at}`);

const next = numbers(1);
/** A part whose calls each take a moment of their own, so that requests are under way at every step when something happens. */
function slowly<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get(target, name) {
      const method = Reflect.get(target, name);
      return typeof method !== "function" ? method : async (...args: unknown[]) => {
        await clock.sleep(20 * next());
        return await method.apply(target, args);
      };
    },
  });
}

type App = { fetch(request: Request): Response | Promise<Response>; stop(): Promise<void>; handled(): Promise<number> };

describe("a rebuild while readers ask", () => {
  let stores: { trend: TrendStore; recommendation: RecommendationStore };
  let apps: { trend: App; recommendation: App };
  const ask = async (app: App, path: string, init: RequestInit = {}) => {
    const response = await app.fetch(new Request(`http://test${path}`, init));
    return { status: response.status, body: await response.json() };
  };

  beforeEach(async () => {
    const log = createMemoryLog({ now: Date.now });
    const now = Date.now();
    await log.append(BOOKS.map((id) => bookAdded(id, now).message));
    for (const [at, reader] of READERS.entries()) {
      await log.append(
        BOOKS.slice(at).map((book) =>
          event(ACTIVITY.bookShelved, `${reader}-${book}`, reader, now - HOUR, { reader, book, shelf: "read" }).message
        ),
      );
    }
    const [trend, recommendation] = [createMemoryTrendStore(), createMemoryRecommendationStore()];
    stores = {
      trend: {
        ...trend,
        at: (version) => ({ ...trend.at(version), view: slowly(trend.at(version).view) }),
      },
      recommendation: {
        ...recommendation,
        at: (version) => ({ ...recommendation.at(version), books: slowly(recommendation.at(version).books) }),
      },
    };
    const parts = { log, role: "all" as const, adminToken: TOKEN, clock, ids, logger };
    apps = {
      trend: await startTrend({ ...parts, store: stores.trend, leastReaders: 1 }),
      recommendation: await startRecommendation({ ...parts, store: stores.recommendation }),
    };
    const total = BOOKS.length + READERS.reduce((sum, _, at) => sum + BOOKS.length - at, 0);
    await eventually(async () => await apps.trend.handled() === total && await apps.recommendation.handled() === total);
    await eventually(async () => {
      return (await stores.recommendation.at(1).marks.oldest(1)).length === 0;
    });
    // The live versions say another thing of every book than the log does.
    const book = { authors: ["A"], version: 2, removed: false };
    const old = BOOKS.map((id) => ({ ...book, id, title: `Old ${id}` }));
    await stores.trend.at(1).uow.run(async ({ shown, votes, counts }) => {
      await shown.putBooks(old);
      const bucket = {
        subject: "book" as const,
        kind: "read" as const,
        start: now - 24 * HOUR,
        count: 9,
        weight: 9_000,
      };
      await counts.add(BOOKS.map((key) => ({ ...bucket, key })));
      const ghosts = Array.from({ length: 30 }, (_, at) => `ghost${at}`);
      await votes.addNew(BOOKS.flatMap((id) => ghosts.map((ghost) => vote(id, ghost, { time: Date.now() - 1_000 }))));
    });
    await stores.recommendation.at(1).uow.run(({ books }) =>
      books.put(old.map((one) => ({ ...one, subjects: [], popularity: 0 })))
    );
  });
  afterEach(async () => {
    await apps.trend.stop();
    await apps.recommendation.stop();
  });

  /** Asks again and again until `over`, and says which versions the answers were made of; of two: a mixture. */
  function asking(app: App, path: string, versionOf: (item: unknown) => string, over: () => boolean) {
    const seen = new Set<string>();
    let answers = 0;
    const ended = (async () => {
      for (; !over(); answers++) {
        const { status, body: { items } } = await ask(app, path);
        expect([status, items.length > 10]).toEqual([200, true]);
        seen.add([...new Set((items as unknown[]).map(versionOf))].sort().join(" and "));
      }
      return [...seen].sort();
    })();
    return { seen, answers: () => answers, ended };
  }
  const titled = (title: string) => title.startsWith("Old ") ? "old" : "new";

  it("every answer is of one version: first of the old one, then of the new one", async () => {
    let over = false;
    const trends = Array.from({ length: 12 }, () =>
      asking(apps.trend, "/v1/trends/books?limit=100", (item) => {
        const { book, readers, score } = item as { book: { title: string }; readers: number; score: number };
        return `${titled(book.title)} titles, ${score > 200 ? "old" : "new"} scores, ${
          readers > 20 ? "old" : "new"
        } counts`;
      }, () => over));
    const similar = Array.from(
      { length: 12 },
      () =>
        asking(apps.recommendation, "/v1/books/b20/similar?limit=100", (item) => {
          const { book } = item as { book: { title: string } };
          return titled(book.title);
        }, () => over),
    );
    const everyone = [...trends, ...similar];
    await eventually(() => everyone.every(({ seen }) => seen.size > 0));
    for (const app of [apps.trend, apps.recommendation]) {
      expect((await ask(app, PATH, sending("POST", ""))).status).toBe(202);
    }
    await eventually(async () => {
      const states = await Promise.all(
        [apps.trend, apps.recommendation].map(async (app) => (await ask(app, PATH, sending("GET", undefined))).body),
      );
      return states.every(({ state }) => state === "switched");
    });
    await eventually(() => everyone.every(({ seen }) => seen.size > 1));
    const found = everyone.map(({ answers }) => answers());
    await eventually(() => everyone.every(({ answers }, at) => answers() > found[at]! + 5));
    over = true;
    for (const { ended } of trends) {
      expect(await ended).toEqual(["new titles, new scores, new counts", "old titles, old scores, old counts"]);
    }
    for (const { ended } of similar) expect(await ended).toEqual(["new", "old"]);
  });

  it("over HTTP wants the token, says what it would do, begins once, and says how it fares", async () => {
    const app = apps.trend;
    const post = (query = "") => ask(app, PATH + query, sending("POST", ""));
    expect((await ask(app, PATH, { method: "POST" })).status).toBe(401);
    expect((await ask(app, PATH)).status).toBe(401);
    expect((await ask(app, PATH, sending("GET", undefined))).status).toBe(404);
    expect((await post("?anew=perhaps")).status).toBe(422);
    const total = BOOKS.length + READERS.reduce((sum, _, at) => sum + BOOKS.length - at, 0);
    expect(await post("?dry_run=true")).toEqual({
      status: 200,
      body: { live: 1, next: 2, resumes: false, messages: total, lost: [] },
    });
    const [first, second] = await Promise.all([post("?anew=true"), post()]);
    expect([first.status, second.status].sort()).toEqual([202, 409]);
    expect([first, second].find(({ status }) => status === 409)!.body.type).toBe("/problems/rebuild-running");
    const ended = await eventually(async () => {
      const { body } = await ask(app, PATH, sending("GET", undefined));
      return body.state !== "running" && body;
    });
    expect(ended).toMatchObject({ state: "switched", read: total, parked: 0, plan: { live: 1, next: 2 } });
    expect((await post("?dry_run=true")).body).toMatchObject({ live: 2, next: 3 });
  });
});
