import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { DAY } from "@/domain/hours.ts";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";

const READERS_TOKEN = "a-token-of-scope-readers";
const AS_SYSTEM = { headers: { authorization: `Bearer ${READERS_TOKEN}` } };
const DUNE = { id: "dune", title: "Dune", authors: ["Frank Herbert"] };
const MESSIAH = { id: "messiah", title: "Dune Messiah", authors: ["Frank Herbert"] };

const headersOf = (cookie: string): RequestInit => ({ headers: { cookie } });
const cookieOf = (response: Response): string => response.headers.get("set-cookie")?.split(";")[0] ?? "";
const idOf = (cookie: string): string => /^reader=(.+)\.[\w-]+$/.exec(cookie)![1]!;

describe("a reader's id is not a password", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  beforeEach(async () => {
    suite = await memorySuite({ readersToken: READERS_TOKEN });
    for (const book of [DUNE, MESSIAH]) await suite.asks.web("/v1/books", sending("POST", book));
  });
  afterEach(() => suite.stop());
  const shelve = (cookie: string, act = "want") =>
    suite.asks.web("/books/dune/acts", {
      method: "POST",
      body: new URLSearchParams({ act }),
      headers: { cookie, origin: "http://suite.test" },
    });
  const listOf = async (reader: string, init: RequestInit = {}) => {
    const response = await suite.asks.web(`/v1/readers/${reader}`, init);
    return response.status === 200 ? (await response.json()).items : response.status;
  };

  it("the cookie that a visitor gets opens the reader's list, and erases it", async () => {
    const cookie = cookieOf(await suite.asks.web("/"));
    expect((await shelve(cookie)).status).toBe(303);
    const reader = idOf(cookie);
    expect(await listOf(reader, headersOf(cookie))).toEqual([expect.objectContaining({ book: "dune", shelf: "want" })]);
    const erased = await suite.asks.web(`/v1/readers/${reader}`, { method: "DELETE", ...headersOf(cookie) });
    expect([erased.status, erased.headers.get("set-cookie")]).toEqual([
      204,
      expect.stringMatching(/^reader=; Max-Age=0/),
    ]);
    expect(await listOf(reader, AS_ADMIN)).toEqual([]);
  });

  it("no made-up cookie reads, writes or erases another's list", async () => {
    const cookie = cookieOf(await suite.asks.web("/"));
    await shelve(cookie);
    const reader = idOf(cookie);
    const signature = cookie.slice(cookie.lastIndexOf(".") + 1);
    const other = cookieOf(await suite.asks.web("/"));
    const madeUp = [
      `reader=${reader}`,
      `reader=${reader}.`,
      `reader=${reader}.${signature.slice(0, -1)}`,
      `reader=${reader}.${signature}A`,
      `reader=${reader}.${signature.replace(/^./, (first) => first === "A" ? "B" : "A")}`,
      `reader=${reader}.${other.slice(other.lastIndexOf(".") + 1)}`,
      `reader=${reader.slice("r-".length)}`,
      `reader=${reader}.${"A".repeat(43)}`,
    ];
    for (const forged of madeUp) {
      expect([forged, await listOf(reader, headersOf(forged))]).toEqual([forged, 401]);
      const erasure = await suite.asks.web(`/v1/readers/${reader}`, { method: "DELETE", ...headersOf(forged) });
      expect([forged, erasure.status]).toEqual([forged, 401]);
      expect(cookieOf(await shelve(forged, "dismissed"))).toMatch(/^reader=r-/);
    }
    expect(await listOf(reader, headersOf(cookie))).toEqual([
      expect.objectContaining({ book: "dune", shelf: "want", dismissed: false }),
    ]);
  });

  it("ids that a client's system makes are used with a token only, whatever they look like", async () => {
    for (const reader of ["r1", crypto.randomUUID()]) {
      const act = { type: "shelved", reader, book: "dune", shelf: "read" };
      expect((await suite.asks.web("/v1/events", sending("POST", act, { authorization: "" }))).status).toBe(422);
      expect((await suite.asks.web("/v1/events", sending("POST", act, AS_SYSTEM.headers))).status).toBe(202);
      expect(await listOf(reader)).toBe(401);
      expect(await listOf(reader, headersOf(`reader=${reader}`))).toBe(401);
      for (const token of [AS_SYSTEM, AS_ADMIN]) {
        expect(await listOf(reader, token)).toEqual([expect.objectContaining({ book: "dune", shelf: "read" })]);
      }
      const erasure = { method: "DELETE", ...headersOf(`reader=${reader}`) };
      expect((await suite.asks.web(`/v1/readers/${reader}`, erasure)).status).toBe(401);
      expect((await suite.asks.web(`/v1/readers/${reader}`, { method: "DELETE", ...AS_SYSTEM })).status).toBe(204);
    }
  });

  it("an event with a wrong or an empty token is refused, and is not taken as nobody's", async () => {
    const act = { type: "viewed", reader: "r1", book: "dune" };
    const statusOf = async (authorization: string) =>
      (await suite.asks.web("/v1/events", sending("POST", act, { authorization }))).status;
    for (const token of ["Bearer", "Bearer ", `Bearer ${READERS_TOKEN}x`, "bearer nothing"]) {
      expect([token, await statusOf(token)]).toEqual([token, 401]);
    }
    expect(await statusOf("Basic cHJveHk6c2VjcmV0")).toBe(202);
    expect(await statusOf(`Bearer ${READERS_TOKEN}`)).toBe(202);
  });

  it("the readers' token opens nothing else: no book, no operation, no time", async () => {
    const time = "2020-01-01T00:00:00Z";
    expect((await suite.asks.web("/v1/books", sending("POST", { title: "x" }, AS_SYSTEM.headers))).status).toBe(401);
    for (const ask of Object.values(suite.asks)) {
      expect((await ask("/v1/operations/dead-letters", AS_SYSTEM)).status).toBe(401);
    }
    await suite.asks.web(
      "/v1/events",
      sending("POST", { type: "rated", reader: "r1", book: "dune", rating: 5, time }, AS_SYSTEM.headers),
    );
    expect((await listOf("r1", AS_SYSTEM))[0].time).not.toBe("2020-01-01T00:00:00.000Z");
  });

  it("an event without a token is of the cookie's own reader, or of nobody, and the answer says so", async () => {
    const cookie = cookieOf(await suite.asks.web("/"));
    const own = idOf(cookie);
    const send = async (acts: object[]) =>
      await (await suite.asks.web("/v1/events", sending("POST", acts, { authorization: "", cookie }))).json();
    expect(
      await send([
        { type: "viewed", reader: own, book: "dune" },
        { type: "rated", reader: own, book: "dune", rating: 4 },
        { type: "viewed", book: "messiah" },
      ]),
    ).toEqual({ accepted: 3, rejected: [] });
    const foreign = await send([
      { type: "viewed", reader: "somebody", book: "dune" },
      { type: "searched", reader: "somebody", query: "dune" },
      { type: "rated", reader: "somebody", book: "dune", rating: 1 },
      { type: "viewed", reader: "somebody", book: "none" },
    ]);
    expect([foreign.accepted, foreign.anonymous]).toEqual([2, 2]);
    expect(foreign.rejected.map((one: { index: number; type: string }) => [one.index, one.type])).toEqual([
      [2, "/problems/invalid"],
      [3, "/problems/unknown-book"],
    ]);
    expect((await listOf(own, headersOf(cookie)))[0].rating).toBe(4);
    expect(await listOf("somebody", AS_ADMIN)).toEqual([]);
    await eventually(async () => (await suite.stores.recommendation.at(1).readers.interactions([own])).length === 2);
    expect(await suite.stores.recommendation.at(1).readers.interactions(["somebody"])).toEqual([]);
    expect(await suite.stores.recommendation.at(1).readers.searches("somebody", 1)).toEqual([]);
  });

  it("recommendations of a reader obey the same rule: the pages show the cookie's reader theirs, the service wants a token", async () => {
    const cookie = cookieOf(await suite.asks.web("/"));
    await suite.asks.web("/books/dune", headersOf(cookie));
    const path = `/v1/readers/${idOf(cookie)}/recommendations`;
    for (const token of [AS_SYSTEM, AS_ADMIN]) {
      await eventually(async () =>
        (await (await suite.asks.recommendation(path, token)).json()).items[0]?.reason.book === "dune"
      );
    }
    for (const init of [{}, headersOf(cookie), { headers: { authorization: "Bearer something-else" } }]) {
      expect((await suite.asks.recommendation(path, init)).status).toBe(401);
    }
    const home = async (sent: string) => await (await suite.asks.web("/", headersOf(sent))).text();
    await eventually(async () => (await home(cookie)).includes("Because you looked at Dune"));
    expect(await home(`reader=${idOf(cookie)}`)).not.toContain("Because you looked at Dune");
  });

  it("erasing a reader of whom nothing is stored leaves no mark for ever, and one of a reader who was there stays", async () => {
    const erase = (reader: string) => suite.asks.web(`/v1/readers/${reader}`, { method: "DELETE", ...AS_ADMIN });
    await suite.asks.web("/v1/events", sending("POST", { type: "viewed", reader: "looked", book: "dune" }));
    await suite.asks.web("/v1/events", sending("POST", { type: "rated", reader: "rated", book: "dune", rating: 5 }));
    const { web, trend, recommendation } = suite.stores;
    const interactions = () => recommendation.at(1).readers.interactions(["looked", "rated"]);
    await eventually(async () => (await interactions()).length === 2);
    const readers = ["never", "looked", "rated"];
    for (const reader of readers) expect((await erase(reader)).status).toBe(204);
    const marks = {
      web: async () => {
        const found: string[] = [];
        for (const one of readers) if (await web.uow.run(({ erased }) => erased.has(one))) found.push(one);
        return found;
      },
      trend: async () => [...await trend.at(1).uow.run(({ erased }) => erased.has(readers))],
      recommendation: async () => [...await recommendation.at(1).uow.run(({ erased }) => erased.has(readers))],
    };
    for (const found of Object.values(marks)) {
      await eventually(async () => (await found()).length === readers.length);
    }
    const later = Date.now() + DAY;
    await web.uow.run(({ erased }) => erased.purge(later, 10));
    await trend.at(1).uow.run(({ erased }) => erased.purge(later, 10));
    await recommendation.at(1).uow.run(({ erased }) => erased.purge(later, 10));
    expect([await marks.web(), (await marks.trend()).sort(), (await marks.recommendation()).sort()]).toEqual([
      ["rated"],
      ["looked", "rated"],
      ["looked", "rated"],
    ]);
  });
});

describe("a reader's cookie of the version before, which has no signature", () => {
  const OLD = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d";
  async function shop(unsignedUntil?: number) {
    const clock = handClock();
    const until = unsignedUntil === undefined ? undefined : clock.now() + unsignedUntil;
    const ask = webApi(createMemoryWebStore(), clock, { unsignedUntil: until });
    await ask("/v1/books", sending("POST", DUNE));
    const rate = (cookie: string) =>
      ask("/books/dune/acts", {
        method: "POST",
        body: new URLSearchParams({ act: "rated-5" }),
        headers: { cookie, origin: "http://localhost" },
      });
    const list = (cookie: string) => ask(`/v1/readers/${OLD}`, headersOf(cookie));
    return { ask, clock, rate, list };
  }

  it("goes on working after the upgrade, and the next page gives a signed one of the same reader", async () => {
    const { ask, rate, list } = await shop(DAY);
    expect((await rate(`reader=${OLD}`)).status).toBe(303);
    expect((await (await list(`reader=${OLD}`)).json()).items[0].rating).toBe(5);
    const renewed = cookieOf(await ask("/", headersOf(`reader=${OLD}`)));
    expect(renewed).toBe(readerCookie(OLD));
    expect((await (await list(renewed)).json()).items[0].rating).toBe(5);
    expect((await ask("/", headersOf(renewed))).headers.get("set-cookie")).toBeNull();
  });

  it("is of use for as long as such a cookie lives, and where there was no version before never", async () => {
    const { clock, list } = await shop(DAY);
    clock.pass(DAY);
    expect((await list(`reader=${OLD}`)).status).toBe(401);
    expect((await (await shop()).list(`reader=${OLD}`)).status).toBe(401);
  });

  it("is one that the version before has made: no other id is taken, and none of those that are made now", async () => {
    const { ask } = await shop(DAY);
    const own = idOf(cookieOf(await ask("/")));
    for (const id of ["r1", own, OLD.toUpperCase(), OLD.replace("-4bad", "-1bad")]) {
      const response = await ask(`/v1/readers/${encodeURIComponent(id)}`, headersOf(`reader=${id}`));
      expect([id, response.status]).toEqual([id, 401]);
    }
  });
});

describe("who is a person", () => {
  it("neither a crawler nor a part of another page gets an id, or counts", async () => {
    const suite = await memorySuite();
    try {
      await suite.asks.web("/v1/books", sending("POST", DUNE));
      const nobody: Record<string, string>[] = [
        { "sec-fetch-dest": "image", "sec-fetch-site": "cross-site" },
        { "sec-fetch-dest": "image", "sec-fetch-site": "same-origin" },
        { "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" },
        { "sec-fetch-dest": "script" },
        { "sec-fetch-dest": "empty", "sec-fetch-site": "cross-site" },
        { "user-agent": "Googlebot/2.1" },
        { "sec-purpose": "prefetch" },
      ];
      for (const headers of nobody) {
        for (const path of ["/books/dune", "/search?q=dune", "/v1/books?q=dune"]) {
          const response = await suite.asks.web(path, { headers });
          expect([headers, path, response.status, response.headers.get("set-cookie")]).toEqual([
            headers,
            path,
            200,
            null,
          ]);
        }
      }
      const persons: Record<string, string>[] = [
        {},
        { "sec-fetch-dest": "document", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
        { "sec-fetch-dest": "document", "sec-fetch-site": "none" },
        { "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" },
      ];
      for (const headers of persons) {
        expect((await suite.asks.web("/books/dune", { headers })).headers.get("set-cookie")).toMatch(/^reader=r-/);
      }
      const seen = async () => {
        const { items } = await (await suite.asks.trend("/v1/trends/books")).json();
        return items[0]?.count;
      };
      await eventually(async () => await seen() === persons.length);
      expect((await (await suite.asks.trend("/v1/trends/queries")).json()).items).toEqual([]);
    } finally {
      await suite.stop();
    }
  });
});
