import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { encode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

const BOOKS = [
  {
    id: "dune",
    title: "Dune",
    authors: ["Frank Herbert"],
    subjects: ["science fiction"],
    year: 1965,
    language: "en",
    popularity: 90,
  },
  { id: "messiah", title: "Dune Messiah", authors: ["Frank Herbert"], subjects: ["science fiction"], popularity: 50 },
  { id: "emma", title: "Emma", authors: ["Jane Austen"], subjects: ["classic"], popularity: 70 },
  {
    id: "script",
    title: "<script>alert(1)</script>",
    authors: ['"><img src=x>'],
    subjects: ["classic"],
    popularity: 1,
  },
];

describe("the suite, on the memory adapters", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  const json = async (response: Response) => await response.json();
  const page = async (path: string, reader: string, init: RequestInit = {}) =>
    await suite.asks.web(path, {
      ...init,
      headers: { cookie: readerCookie(reader), accept: "text/html", ...init.headers },
    });
  const events = (acts: unknown) => suite.asks.web("/v1/events", sending("POST", acts));

  before(async () => {
    suite = await memorySuite();
    for (const book of BOOKS) expect((await suite.asks.web("/v1/books", sending("POST", book))).status).toBe(201);
  });
  after(() => suite.stop());

  it("a book is made, read, changed, removed, each with its version", async () => {
    const made = await suite.asks.web("/v1/books", sending("POST", { title: "Passing" }));
    const { id } = await json(made);
    expect([made.headers.get("location"), made.headers.get("etag")]).toEqual([`/v1/books/${id}`, '"1"']);
    const path = `/v1/books/${id}`;
    expect((await suite.asks.web(path, { headers: { "if-none-match": '"1"' } })).status).toBe(304);
    const changed = await suite.asks.web(path, sending("PUT", { title: "Passed" }, { "if-match": '"1"' }));
    expect([changed.status, changed.headers.get("etag"), (await json(changed)).title]).toEqual([200, '"2"', "Passed"]);
    expect((await suite.asks.web(path, sending("PUT", { title: "x" }, { "if-match": '"1"' }))).status).toBe(412);
    const { body: _body, ...removal } = sending("DELETE", {}, { "if-match": '"2"' });
    expect((await suite.asks.web(path, removal)).status).toBe(204);
    expect((await suite.asks.web(path)).status).toBe(404);
  });

  it("a book that comes back after its removal goes on counting, so that trends and recommendations show it", async () => {
    const { body: _body, ...removal } = sending("DELETE", {}, { "if-match": '"1"' });
    const add = async (title: string) => {
      const made = await suite.asks.web("/v1/books", sending("POST", { id: "returning", title }));
      return [made.status, made.headers.get("etag")];
    };
    const shown = async () => (await suite.stores.trend.at(1).view.shown(["returning"], [])).books.get("returning");
    expect(await add("Gone")).toEqual([201, '"1"']);
    expect((await suite.asks.web("/v1/books/returning", removal)).status).toBe(204);
    await eventually(async () => (await shown())?.removed === true);
    expect(await add("Back")).toEqual([201, '"3"']);
    await eventually(async () => (await shown())?.title === "Back");
    await eventually(async () => (await suite.asks.recommendation("/v1/books/returning/similar")).status === 200);
  });

  it("lists page by page with Link and next_cursor, without a gap or a repeat", async () => {
    for (const query of ["", "&sort=title", "&sort=newest", "&q=dune", "&q=dune&sort=oldest", "&subject=classic"]) {
      const seen: string[] = [];
      let path: string | undefined = `/v1/books?limit=1${query}`;
      while (path !== undefined) {
        const response: Response = await suite.asks.web(path);
        const body = await json(response);
        seen.push(...body.items.map((book: { id: string }) => book.id));
        path = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
        expect(path !== undefined).toBe(body.next_cursor !== null);
      }
      const whole = await json(await suite.asks.web(`/v1/books?limit=100${query}`));
      expect(seen).toEqual(whole.items.map((book: { id: string }) => book.id));
      expect(seen.length).toBeGreaterThan(1);
    }
  });

  it("a search puts its query into the query trends and its first results into the book trends", async () => {
    await page("/search?q=Emma", "searcher");
    const query = await eventually(async () =>
      (await json(await suite.asks.trend("/v1/trends/queries"))).items.find((one: { query: string }) =>
        one.query === "Emma"
      )
    );
    expect([query.count, query.readers, query.books]).toEqual([1, 1, [{
      id: "emma",
      title: "Emma",
      authors: ["Jane Austen"],
    }]]);
    const book = (await json(await suite.asks.trend("/v1/trends/books"))).items.find((one: { book: { id: string } }) =>
      one.book.id === "emma"
    );
    expect([book.count, book.searches, book.readers]).toEqual([0, 1, 1]);
  });

  it("paging, reloads, HEAD, prefetch and crawlers are no further searches", async () => {
    const count = async () =>
      (await json(await suite.asks.trend("/v1/trends/queries"))).items.find((one: { query: string }) =>
        one.query === "messiah"
      )?.count;
    await page("/search?q=messiah", "once");
    await eventually(async () => await count() === 1);
    await page("/search?q=%20MESSIAH%20", "once");
    await page("/search?q=messiah", "head", { method: "HEAD" });
    await page("/search?q=messiah", "prefetch", { headers: { "sec-purpose": "prefetch" } });
    await page("/search?q=messiah", "bot", { headers: { "user-agent": "Googlebot/2.1" } });
    await page("/search?q=messiah", "twice");
    await eventually(async () => await count() === 2);
    expect(await count()).toBe(2);
  });

  it("a single reader gets recommendations by author and subject, because of the seen book, and never a known one", async () => {
    await page("/books/dune", "single");
    const items = await eventually(async () => {
      const { items } = await json(await suite.asks.recommendation("/v1/readers/single/recommendations", AS_ADMIN));
      return items[0]?.reason.kind === "because_you" && items;
    });
    expect([items[0].book.id, items[0].reason]).toEqual(["messiah", {
      kind: "because_you",
      text: "Because you looked at Dune",
      book: "dune",
    }]);
    expect(items.some((item: { book: { id: string } }) => item.book.id === "dune")).toBe(false);
  });

  it("an act counts once: the same id again is accepted and changes nothing, with another act it is rejected", async () => {
    const act = { type: "viewed", reader: "idem", book: "emma", id: "act-1" };
    expect(await json(await events([act, act]))).toEqual({ accepted: 2, rejected: [] });
    const answer = await json(await events([act, { ...act, book: "dune" }]));
    expect([answer.accepted, answer.rejected[0].index, answer.rejected[0].type]).toEqual([1, 1, "/problems/id-reused"]);
    await eventually(async () => (await suite.stores.recommendation.at(1).readers.interactions(["idem"])).length === 1);
    expect((await suite.stores.recommendation.at(1).readers.interactions(["idem"])).map((row) => row.book)).toEqual([
      "emma",
    ]);
  });

  it("good events of a batch are accepted beside bad ones, each of which is told", async () => {
    const response = await events([
      { type: "viewed", reader: "mixed", book: "dune" },
      { type: "viewed", reader: "mixed", book: "none" },
      { type: "viewed", reader: "ann@example.org", book: "dune" },
      { type: "danced" },
      { type: "viewed", book: "dune", time: new Date(Date.now() + 600_000).toISOString() },
    ]);
    const { accepted, rejected } = await json(response);
    expect([response.status, accepted]).toEqual([202, 1]);
    expect(rejected.map((one: { index: number; type: string }) => [one.index, one.type])).toEqual([
      [1, "/problems/unknown-book"],
      [2, "/problems/invalid"],
      [3, "/problems/invalid"],
      [4, "/problems/time-ahead"],
    ]);
  });

  it("honours a time with the admin token only", async () => {
    const time = "2020-01-01T00:00:00Z";
    await events({ type: "viewed", reader: "timed", book: "emma", time });
    await suite.asks.web(
      "/v1/events",
      sending("POST", { type: "viewed", reader: "untimed", book: "emma", time }, {
        authorization: "",
        cookie: readerCookie("untimed"),
      }),
    );
    const rows = async (reader: string) => await suite.stores.recommendation.at(1).readers.interactions([reader]);
    await eventually(async () => (await rows("timed")).length + (await rows("untimed")).length === 2);
    expect((await rows("timed"))[0]?.time).toBe(Date.parse(time));
    expect(Date.now() - (await rows("untimed"))[0]!.time).toBeLessThan(60_000);
  });

  it("the pages take acts by plain forms, and show what the reader has said", async () => {
    const form = (act: string) =>
      page("/books/emma/acts", "former", {
        method: "POST",
        body: new URLSearchParams({ act }),
        headers: { origin: "http://suite.test", "content-type": "application/x-www-form-urlencoded" },
      });
    const response = await form("want");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/books/emma"]);
    await form("rated-4");
    const html = await (await page("/books/emma", "former")).text();
    expect(html).toMatch(/data-on="want" aria-pressed="true"/);
    expect(html).toMatch(/data-on="rated-4" aria-pressed="true"/);
    expect((await form("nonsense")).status).toBe(422);
    const foreign = await page("/books/emma/acts", "former", {
      method: "POST",
      body: new URLSearchParams({ act: "read" }),
      headers: { origin: "http://evil.test" },
    });
    expect(foreign.status).toBe(403);
  });

  it("every page is whole, escapes what it shows, and lets no script run", async () => {
    for (const path of ["/", "/search?q=%3Cscript%3E", "/books/script", "/trends", "/trends?window=7d", "/search"]) {
      const response = await page(path, "viewer");
      const html = await response.text();
      expect([path, response.status]).toEqual([path, 200]);
      expect(html.startsWith("<!doctype html>")).toBe(true);
      expect(html).toMatch(/<input[^>]*name="q"/);
      // The one script is a file of ours, which the policy lets run; nothing else begins one.
      expect(html.match(/<script src="\/assets\/page\.[\w-]{10}\.js" type="module"><\/script>/g)?.length).toBe(1);
      expect(html.match(/<script/gi)?.length).toBe(1);
      expect(html).not.toMatch(/<img|\son\w+=|\sstyle=/i);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
      expect(response.headers.get("cache-control")).toBe("private, no-store");
    }
    expect(await (await page("/search?q=dune", "viewer")).text()).toContain('href="/books/dune"');
    const missing = await page("/books/none", "viewer");
    expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
  });

  it("a visitor gets a random id in a cookie that script cannot read, and keeps a good one", async () => {
    const fresh = await suite.asks.web("/");
    expect(fresh.headers.get("set-cookie")).toMatch(/^reader=r-[0-9a-f-]{36}\.[\w-]{43}; .*HttpOnly; SameSite=Lax/);
    expect((await page("/", "known-reader")).headers.get("set-cookie")).toBeNull();
    expect((await page("/", "a@b.org")).headers.get("set-cookie")).toMatch(/^reader=r-[0-9a-f-]{36}/);
  });

  it("an erased reader is gone from every store, its votes too, and nothing late brings it back", async () => {
    await events([{ type: "shelved", reader: "leaver", book: "emma", shelf: "read", id: "leaver-1" }, {
      type: "viewed",
      reader: "leaver",
      book: "dune",
    }]);
    await eventually(async () =>
      (await suite.stores.recommendation.at(1).readers.interactions(["leaver"])).length === 2
    );
    const emma = async () =>
      (await json(await suite.asks.trend("/v1/trends/books"))).items.find((one: { book: { id: string } }) =>
        one.book.id === "emma"
      ).count;
    const before = await emma();
    expect(
      (await suite.asks.web("/v1/readers/leaver", { method: "DELETE", headers: { cookie: readerCookie("leaver") } }))
        .status,
    ).toBe(204);
    await eventually(async () => await emma() === before - 1);
    expect(await suite.stores.recommendation.at(1).readers.interactions(["leaver"])).toEqual([]);
    expect(
      (await json(await suite.asks.web("/v1/readers/leaver", { headers: { cookie: readerCookie("leaver") } }))).items,
    )
      .toEqual([]);
    expect((await events([{ type: "viewed", reader: "leaver", book: "dune" }])).status).toBe(422);
    const late: Envelope = {
      id: "late",
      source: "/elsewhere",
      type: "bookstream.activity.book-viewed.v1",
      data: { reader: "leaver", book: "dune" },
    };
    await suite.log.append([{ topic: TOPICS.activityEvents, ...encode(late, "leaver") }]);
    await events({ type: "viewed", reader: "after", book: "dune" });
    await eventually(async () =>
      (await suite.stores.recommendation.at(1).readers.interactions(["after"])).length === 1
    );
    expect(await suite.stores.recommendation.at(1).readers.interactions(["leaver"])).toEqual([]);
    const votesOf = (reader: string) => suite.stores.trend.at(1).uow.run(({ votes }) => votes.removeReader(reader));
    await eventually(async () => (await votesOf("after")).length === 1);
    expect(await votesOf("leaver")).toEqual([]);
  });
});
