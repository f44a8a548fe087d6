import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { IN_PROCESS } from "@/adapters/http_client/get_list.ts";
import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { Unavailable } from "@/application/faults.ts";
import { checkServices } from "@/application/storefront/check_services.ts";
import { ForeignService } from "@/application/storefront/foreign_service.ts";
import { memorySuite } from "@/tests/support/suites/memory_suite.ts";
import { book, silent } from "@/tests/support/samples.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";

type Answer = (request: Request) => Response | Promise<Response>;
const json = (body: unknown, status = 200, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": type } });
/** What another program, or this one at another address, answers. */
const FOREIGN: Record<string, Answer> = {
  "a path that is not there": () => json({ type: "/problems/not-found" }, 404, "application/problem+json"),
  "a book that is not there": () => json({ type: "/problems/book-not-found" }, 404, "application/problem+json"),
  "a page": () => new Response("<html>", { headers: { "content-type": "text/html" } }),
  "a login": () => new Response("no", { status: 401 }),
  "no content type": () => new Response(new Uint8Array([123, 125])),
  "no list": () => json({ books: [] }),
  "other items": () => json({ items: [{ id: "dune" }] }),
  "no JSON": () => new Response("{", { headers: { "content-type": "application/json" } }),
};
const BUSY: Record<string, Answer> = {
  "an error": () => new Response("no", { status: 500 }),
  "overload": () => json({}, 503, "application/problem+json"),
  "a limit": () => json({}, 429, "application/problem+json"),
  "nothing": () => Promise.reject(new TypeError("connection refused")),
};
const asking = (answer: Answer, base = "http://other.test") => ({
  trends: createHttpTrends(async (request) => await answer(request), base),
  recommendations: createHttpRecommendations(async (request) => await answer(request), base),
});

describe("an address of another service", () => {
  it("may end in a slash, and have a path", async () => {
    const suite = await memorySuite();
    for (const base of ["http://t.test", "http://t.test/", "http://t.test//"]) {
      const trends = createHttpTrends(async (request) => await suite.trend.fetch(request), base);
      expect([base, await trends.books("24h", 1)]).toEqual([base, []]);
    }
    let asked = "";
    const { trends } = asking((request) => {
      asked = request.url;
      return json({ items: [] });
    }, "http://proxy.test/trend/");
    await trends.queries("7d", 2);
    expect(asked).toBe("http://proxy.test/trend/v1/trends/queries?window=7d&limit=2&order=top");
    await suite.stop();
  });

  it("is said in errors, and of a service in this process that it is there", async () => {
    const hangs = () => new Promise<never>(() => {});
    const error = async (base: string) =>
      await createHttpTrends(hangs, base, { timeoutMs: 1 }).books("24h", 1).catch((error) => error.message);
    expect([await error("http://t.test"), await error(IN_PROCESS)]).toEqual([
      "trend at http://t.test did not answer within 1 ms",
      "trend in this process did not answer within 1 ms",
    ]);
  });

  it("at which something else answers is told from a service that does not answer now, and never from an empty list", async () => {
    for (const [answers, kind] of [[FOREIGN, ForeignService], [BUSY, Unavailable]] as const) {
      for (const [what, answer] of Object.entries(answers)) {
        const { trends, recommendations } = asking(answer);
        const asks = [
          () => trends.books("24h", 1),
          () => trends.queries("24h", 1),
          () => recommendations.forReader("secret-reader", 1),
          ...(what === "a book that is not there" ? [] : [() => recommendations.similarTo("dune", 1)]),
        ];
        for (const ask of asks) {
          const fault = await ask().then(() => undefined, (error: unknown) => error);
          expect([what, fault instanceof kind]).toEqual([what, true]);
          expect((fault as Error).message).not.toContain("secret-reader");
        }
      }
    }
    const { recommendations } = asking(FOREIGN["a book that is not there"]!);
    expect(await recommendations.similarTo("dune", 1)).toEqual([]);
  });

  it("that is slow is left alone for longer than a question may take", async () => {
    const clock = handClock();
    let asked = 0;
    const pending = Promise.withResolvers<Response>();
    const fetch = () => ++asked > 3 ? pending.promise : Promise.reject(new TypeError("connection refused"));
    const trends = createHttpTrends(fetch, "http://other.test", { now: clock.now, timeoutMs: 5_000 });
    const ask = () => trends.books("24h", 1).catch((error: Error) => error.message);
    for (let time = 0; time < 3; time++) await ask();
    clock.pass(10_000);
    const trial = ask();
    clock.pass(9_999);
    expect([await ask(), asked]).toEqual([expect.stringContaining("not asked after 3 outages"), 4]);
    pending.resolve(json({ items: [] }));
    expect(await trial).toEqual([]);
  });

  it("that does not answer is named with its cause, then left alone until one question tries again", async () => {
    const clock = handClock();
    let asked = 0;
    let isUp = false;
    const fetch = () => {
      asked++;
      return isUp ? Promise.resolve(json({ items: [] })) : Promise.reject(new TypeError("connection refused"));
    };
    const trends = createHttpTrends(fetch, "http://other.test", { now: clock.now });
    const ask = () => trends.books("24h", 1).catch((error: Error) => error.message);
    const refused = "trend at http://other.test does not answer: connection refused";
    const left = `not asked after 3 outages in a row: ${refused}`;
    expect([await ask(), await ask(), await ask(), await ask(), asked]).toEqual([refused, refused, refused, left, 3]);
    clock.pass(1_999);
    expect([await ask(), asked]).toEqual([left, 3]);
    clock.pass(1);
    const both = await Promise.all([ask(), ask()]);
    expect([both, asked]).toEqual([[refused, `not asked after 3 outages in a row: ${refused}`], 4]);
    isUp = true;
    clock.pass(2_000);
    expect([await ask(), await ask(), asked]).toEqual([[], [], 6]);
    isUp = false;
    expect([await ask(), await ask(), asked]).toEqual([refused, refused, 8]);
  });

  it("whose streams do not begin is left alone too, but not for a stream that it refuses", async () => {
    let answer: Answer = BUSY.nothing!;
    const trends = createHttpTrends(async (request) => await answer(request), "http://other.test", handClock());
    const follow = () =>
      trends.follow({ order: "top" }, new AbortController().signal).then(() => "", (error: Error) => error.message);
    for (const status of [422, 422, 503, 503]) {
      answer = () => json({}, status, "application/problem+json");
      expect(await follow()).toBe(`trend answered a stream with status ${status}`);
    }
    answer = () => json({ items: [] });
    expect(await trends.books("24h", 1)).toEqual([]);
    answer = BUSY.nothing!;
    const refused = "trend at http://other.test does not answer: connection refused";
    expect([await follow(), await follow(), await follow()]).toEqual([refused, refused, refused]);
    await expect(trends.books("24h", 1)).rejects.toThrow(`not asked after 3 outages in a row: ${refused}`);
    expect(await follow()).toContain("not asked after 3 outages");
  });

  it("at which something else answers is said by pages as a list that is not available", async () => {
    const store = createMemoryWebStore();
    await store.uow.run(({ books }) => books.save(book("dune")));
    const { trends, recommendations } = asking(FOREIGN["a path that is not there"]!);
    const ask = webApi(store, handClock(), { trends, recommendations });
    for (const path of ["/", "/trends", "/books/dune"]) {
      const page = await (await ask(path, { headers: { accept: "text/html" } })).text();
      expect([path, page.includes("not available at the moment")]).toEqual([path, true]);
      expect(page).not.toMatch(/Nothing (trends|is trending)/i);
    }
  });

  it("is said once in the log when something else answers there, also where it answers late", async () => {
    const lines: unknown[] = [];
    const logger = { ...silent, error: (event: string, fields?: object) => void lines.push({ event, ...fields }) };
    const clock = { ...handClock(), sleep: () => Promise.resolve() };
    let asked = 0;
    const { trends } = asking((request) => ++asked < 4 ? BUSY.nothing!(request) : FOREIGN["a page"]!(request));
    const { recommendations } = asking(FOREIGN["a book that is not there"]!);
    await checkServices({ trends, recommendations, clock, logger }, new AbortController().signal);
    expect(lines).toEqual([{
      event: "foreign-service",
      service: "trend",
      setting: "TREND_URL",
      reason:
        "what answers at http://other.test is not the trend service: wanted 200 and application/json, found 200 and text/html",
    }]);
  });
});
