import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { createWebApi } from "@/adapters/http/web_api.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { Unavailable } from "@/application/faults.ts";
import { createIdempotency } from "@/application/messaging/commands/idempotency.ts";
import { createRecorder } from "@/application/activity/recorder.ts";
import { createBus } from "@/application/messaging/commands/bus.ts";
import { readerCookie, SECRET } from "@/tests/support/http/cookies.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const dune = { id: "dune", title: "Dune", authors: ["Frank Herbert"] };
const post = (body: unknown, headers?: Record<string, string>) => sending("POST", body, headers);
const plain = { authorization: "" };

type Case = [says: string, status: number, path: string, init?: RequestInit, pointer?: string];
const CASES: Case[] = [
  ["a path that nothing is at", 404, "/v1/nothing"],
  ["an unknown book", 404, "/v1/books/none"],
  ["a path that is not percent-encoded UTF-8", 404, "/v1/books/%ff%fe"],
  ["a NUL in a path", 404, "/v1/books/a%00b"],
  ["a method that is not offered, with a body of no type that is taken", 405, "/v1/suggest", {
    method: "PUT",
    body: "x",
  }],
  ["a method that is not offered", 405, "/v1/books", { method: "PATCH" }],
  ["an Accept without JSON", 406, "/v1/books", { headers: { accept: "image/png" } }],
  ["an Accept that excludes JSON", 406, "/v1/books", { headers: { accept: "application/json;q=0" } }],
  ["no token", 401, "/v1/books", post(dune, plain)],
  ["a wrong token", 401, "/v1/books", post(dune, { authorization: "Bearer wrong-wrong-wrong" })],
  ["another content type", 415, "/v1/books", post("a=b", { "content-type": "application/x-www-form-urlencoded" })],
  ["no content type", 415, "/v1/books", {
    method: "POST",
    body: new Uint8Array([123, 125]),
    headers: { authorization: "Bearer x" },
  }],
  ["another charset", 415, "/v1/books", post(dune, { "content-type": "application/json; charset=ISO-8859-1" })],
  ["a packed body", 415, "/v1/books", post(dune, { "content-encoding": "gzip" })],
  ["a packed body of events", 415, "/v1/events", post([], { "content-encoding": "br" })],
  ["a body that is not JSON", 400, "/v1/books", post("{")],
  ["an empty body", 400, "/v1/books", post("")],
  ["a body that is not UTF-8", 400, "/v1/books", post(new Uint8Array([34, 255, 254, 34]))],
  ["a body over 1 MiB", 413, "/v1/events", post(`"${"x".repeat(2 ** 20)}"`)],
  ["a body of the wrong type", 422, "/v1/books", post([1, 2]), ""],
  ["a missing title", 422, "/v1/books", post({ id: "x" }), "/title"],
  ["an author of the wrong type", 422, "/v1/books", post({ title: "x", authors: ["a", 7] }), "/authors/1"],
  ["another id than that of the address", 422, "/v1/books/dune", {
    ...post({ id: "other", title: "x" }, { "if-match": "*" }),
    method: "PUT",
  }, "/id"],
  ["a year of 0", 422, "/v1/books", post({ title: "x", year: 0 }), "/year"],
  ["a year beyond whole numbers", 422, "/v1/books", post(`{"title":"x","year":1e400}`), "/year"],
  ["a popularity beyond 2^53", 422, "/v1/books", post(`{"title":"x","popularity":9007199254740993}`), "/popularity"],
  ["a broken ISBN", 422, "/v1/books", post({ title: "x", isbn13: "9780441013594" }), "/isbn13"],
  ["an id with a slash", 422, "/v1/books", post({ id: "a/b", title: "x" }), "/id"],
  ["a title that is too long", 422, "/v1/books", post({ title: "x".repeat(501) }), "/title"],
  ["JSON that is 100,000 deep", 422, "/v1/books", post("[".repeat(100_000) + "]".repeat(100_000)), ""],
  [
    "a deep field that nobody knows, in a book without a title",
    422,
    "/v1/books",
    post(`{"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`),
    "/title",
  ],
  ["__proto__ instead of a title", 422, "/v1/books", post(`{"__proto__":{"title":"x"}}`), "/title"],
  ["a limit of 0", 422, "/v1/books?limit=0"],
  ["a limit of 101", 422, "/v1/books?limit=101"],
  ["a limit that is no number", 422, "/v1/books?limit=abc"],
  ["a limit given twice", 422, "/v1/books?limit=1&limit=2"],
  ["an unknown sort", 422, "/v1/books?sort=worst"],
  ["a decade that is no year", 422, "/v1/books?decade=sixties"],
  ["a broken cursor", 400, "/v1/books?cursor=zzz"],
  [
    "a cursor of another query",
    400,
    `/v1/books?sort=title&cursor=${Buffer.from('{"q":"x","v":1,"i":"a"}').toString("base64url")}`,
  ],
  ["101 ids", 422, `/v1/books?ids=${Array.from({ length: 101 }, (_, at) => at).join(",")}`],
  ["an id that exists", 409, "/v1/books", post({ ...dune })],
  ["an ISBN that is taken", 409, "/v1/books", post({ id: "other", title: "x", isbn13: "9780441013593" })],
  ["PUT without If-Match", 428, "/v1/books/taken", sending("PUT", { title: "x" })],
  ["PUT of another version", 412, "/v1/books/taken", sending("PUT", { title: "x" }, { "if-match": '"9"' })],
  [
    "PUT with an If-Match that is no version",
    412,
    "/v1/books/taken",
    sending("PUT", { title: "x" }, { "if-match": "W/1" }),
  ],
  [
    "PUT of none of several versions",
    412,
    "/v1/books/taken",
    sending("PUT", { title: "x" }, { "if-match": '"7", "8"' }),
  ],
  ["PUT of a weak version", 412, "/v1/books/taken", sending("PUT", { title: "x" }, { "if-match": 'W/"1"' })],
  ["PUT of tags without a comma", 412, "/v1/books/taken", sending("PUT", { title: "x" }, { "if-match": '"1" "1"' })],
  ["PUT of an unknown book", 404, "/v1/books/none", sending("PUT", { title: "x" }, { "if-match": "*" })],
  ["DELETE without If-Match", 428, "/v1/books/taken", {
    method: "DELETE",
    headers: { authorization: "Bearer a-token-for-tests-only" },
  }],
  ["no events", 422, "/v1/events", post([])],
  ["1,001 events", 422, "/v1/events", post(Array.from({ length: 1001 }, () => ({ type: "viewed", book: "dune" })))],
  ["events of which none is one", 422, "/v1/events", post([{ type: "viewed", book: "none" }, 7, null])],
  ["an event of another type", 422, "/v1/events", post({ type: "bought", book: "dune" }), "/type"],
  ["an event without its book", 422, "/v1/events", post({ type: "viewed" }), "/book"],
  [
    "an event of a reader with a blank",
    422,
    "/v1/events",
    post([{ type: "viewed", book: "dune", reader: "a b" }]),
    "/0/reader",
  ],
  ["an event about an unknown book", 422, "/v1/events", post([7, { type: "viewed", book: "none" }]), "/1/book"],
  [
    "an event of the future",
    422,
    "/v1/events",
    post({ type: "viewed", book: "dune", time: "2999-01-01T00:00:00Z" }),
    "/time",
  ],
  ["another reader's list", 401, "/v1/readers/somebody", { headers: { cookie: readerCookie("me") } }],
  ["another reader's list, with a cookie that was made up", 401, "/v1/readers/somebody", {
    headers: { cookie: "reader=somebody" },
  }],
];

describe("errors over HTTP", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  before(async () => {
    suite = await memorySuite();
    await suite.asks.web("/v1/books", post(dune));
    await suite.asks.web("/v1/books", post({ id: "taken", title: "Taken", isbn13: "9780441013593" }));
  });
  after(() => suite.stop());

  for (const [says, status, path, init, pointer] of CASES) {
    it(`${says}: ${status}, as problem details`, async () => {
      const response = await suite.asks.web(path, init);
      expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
      const body = await response.json();
      expect(body.status).toBe(status);
      expect(typeof body.title).toBe("string");
      if (pointer !== undefined) {
        expect(body.errors.map((error: { pointer?: string }) => error.pointer)).toContain(pointer);
      }
    });
  }

  it("faults of a schema say what was wanted and found, in plain words", async () => {
    for (
      const [path, init, says] of [
        ["/v1/books", post({}), "wanted text, found nothing"],
        ["/v1/books", post([1]), "wanted an object, found a list"],
        ["/v1/books", post({ title: "x", authors: [7] }), "wanted text, found a number"],
        ["/v1/books", post({ title: "x", authors: "Ann" }), "wanted a list, found text"],
        ["/v1/books", post({ title: "x", year: 1.5 }), "wanted a whole number, found a number that is not whole"],
        ["/v1/books?limit=0", undefined, "wanted 1 or more, found 0"],
        ["/v1/books?limit=-1", undefined, "wanted 1 or more, found -1"],
        [`/v1/books?q=${"x".repeat(501)}`, undefined, "wanted 0 to 500 characters, found 501"],
        ["/v1/books?limit=101", undefined, "wanted 100 or less, found 101"],
        ["/v1/books?sort=worst", undefined, /^wanted relevance or .*, found "worst"$/],
        ["/v1/books?limit=ten", undefined, 'wanted a whole number, found "ten"'],
        [`/v1/books?decade=${"9".repeat(41)}`, undefined, new RegExp(`, found "9{40}"$`)],
        [`/v1/books?cursor=${"x".repeat(2_001)}`, undefined, "wanted 2000 characters or less, found 2001"],
      ] as const
    ) {
      const { errors } = await (await suite.asks.web(path, init)).json();
      expect([path, errors[0].detail]).toEqual([path, typeof says === "string" ? says : expect.stringMatching(says)]);
    }
    const detailOf = async (answer: Promise<Response>) => (await (await answer).json()).detail;
    expect(await detailOf(suite.asks.web("/v1/books", post([1])))).toBe("the body: wanted an object, found a list");
    expect(await detailOf(suite.asks.web("/v1/books", post("{\n \"title\": 'x'}"))))
      .toBe(`the body is not JSON: wanted a value at line 2 column 11, found "'"`);
    expect(await detailOf(suite.asks.web("/v1/books", { method: "PATCH" })))
      .toBe("wanted GET or HEAD or POST, found PATCH");
    expect(await detailOf(suite.asks.trend("/v1/trends/books?window=5y")))
      .toBe('window: wanted hours or days, such as 24h or 7d, found "5y"');
    const event = await (await suite.asks.web("/v1/events", post({ type: "viewed", book: "dune", time: "now" })))
      .json();
    expect(event.errors).toEqual([{
      pointer: "/time",
      detail: "wanted a time such as 2026-11-23T10:00:00Z, found other text",
    }]);
    const acts = [{ type: "viewed", book: "dune" }, { type: "rated", book: "x ".repeat(40), reader: "a b" }];
    const { accepted, rejected } = await (await suite.asks.web("/v1/events", post(acts))).json();
    expect([accepted, rejected[0].errors]).toEqual([1, [
      {
        pointer: "/1/reader",
        detail: "wanted 1 to 64 characters without spaces, found a space or an invisible character",
      },
      { pointer: "/1/book", detail: "wanted a book's id, as rated is about a book, found 80 characters" },
      { pointer: "/1/rating", detail: "wanted a whole number from 1 to 5, found nothing" },
    ]]);
    const tooLarge = { ...post({}), body: '{"title":"x","year":1e999}' };
    expect(await detailOf(suite.asks.web("/v1/books", tooLarge)))
      .toBe("/year: wanted a number, found a number that is too large");
  });

  it("a charset that is UTF-8, and a body that is not packed, are taken", async () => {
    for (
      const headers of [
        { "content-type": 'application/json; charset="UTF-8"' },
        { "content-type": "application/json;charset=utf8; x=y" },
        { "content-encoding": "identity" },
      ]
    ) expect((await suite.asks.web("/v1/events", post({ type: "viewed", book: "dune" }, headers))).status).toBe(202);
  });

  it("a taken id and a taken ISBN point at the book that has them, for POST and PUT", async () => {
    const etag = (await suite.asks.web("/v1/books/dune")).headers.get("etag")!;
    const isbn13 = "0-441-01359-7";
    for (
      const [at, book, path, init] of [
        ["id", "dune", "/v1/books", post({ ...dune })],
        ["ISBN", "taken", "/v1/books", post({ id: "other", title: "x", isbn13 })],
        ["ISBN", "taken", "/v1/books/dune", sending("PUT", { title: "x", isbn13 }, { "if-match": etag })],
      ] as const
    ) {
      const body = await (await suite.asks.web(path, init)).json();
      expect([at, body.status, body.book]).toEqual([at, 409, { id: book, url: `/v1/books/${book}` }]);
    }
  });

  it("405 says which methods are offered, 401 how to be authorised", async () => {
    expect((await suite.asks.web("/v1/books", { method: "PATCH" })).headers.get("allow")).toBe("GET, HEAD, POST");
    // `replay` is no dead letter's id.
    for (const method of ["GET", "HEAD", "PUT"]) {
      const response = await suite.asks.web("/v1/operations/dead-letters/replay", { method });
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "POST"]);
    }
    expect((await suite.asks.web("/v1/books", post(dune, plain))).headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it("after all of that the service is alive and ready, and has the two books that were added", async () => {
    expect((await suite.asks.web("/livez")).status).toBe(200);
    expect((await suite.asks.web("/readyz")).status).toBe(200);
    expect((await (await suite.asks.web("/v1/books")).json()).items.length).toBe(2);
  });

  it("trend and recommendation answer the same way", async () => {
    for (
      const [ask, path, status] of [
        [suite.asks.trend, "/v1/trends/books?window=0h", 422],
        [suite.asks.trend, "/v1/trends/books?at=yesterday", 422],
        [suite.asks.trend, "/v1/trends/nothing", 404],
        [suite.asks.recommendation, "/v1/books/none/similar", 404],
        [suite.asks.recommendation, `/v1/readers/${"x".repeat(65)}/recommendations`, 422],
      ] as const
    ) {
      const response = await ask(path);
      expect([path, response.status, response.headers.get("content-type")]).toEqual([
        path,
        status,
        "application/problem+json",
      ]);
    }
  });
});

type Others = Pick<Parameters<typeof createWebApi>[0], "trends" | "recommendations">;

describe("a web service without its parts", () => {
  const refuse = () => Promise.reject(new Error("down"));
  const down = {
    trends: { books: refuse, queries: refuse },
    recommendations: { forReader: refuse, similarTo: refuse },
  };
  const make = (fails: () => Error, adminToken?: string, { trends, recommendations }: Others = down) => {
    const store = createMemoryWebStore();
    const uow = { run: () => Promise.reject(fails()) };
    const shelf = { ...store.shelf, get: () => Promise.reject(fails()) };
    const processor = {
      topic: "bookstream.catalog.commands",
      types: [],
      order: () => "none" as const,
      handle: () => uow.run(),
    };
    const bus = createBus([processor]);
    return createWebApi({
      sinks: {},
      bus,
      recorder: createRecorder({ bus, clock, logger }),
      idempotency: createIdempotency({ uow, clock, ids, logger }),
      store: { ...store, shelf },
      trends,
      recommendations,
      lastGood: createMemoryLastGood(),
      clock,
      ids,
      logger,
      visitors: { secret: SECRET, readersPerClient: 10 },
      ready: () => Promise.resolve({ ready: false, parts: { store: { ok: false, detail: "gone" } } }),
      ...(adminToken === undefined ? {} : { adminToken }),
    });
  };

  it("answers 503 with Retry-After while the store is gone", async () => {
    const app = make(() => new Unavailable("gone"), "a-token-for-tests-only");
    for (const [path, init] of [["/v1/books/b", {}], ["/v1/books", post(dune)]] as const) {
      const response = await app.request(path, init);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    }
    const ready = await app.request("/readyz?verbose");
    expect([ready.status, await ready.json()]).toEqual([503, {
      status: "not ready",
      parts: { store: { ok: false, detail: "gone" } },
    }]);
    expect((await app.request("/livez")).status).toBe(200);
  });

  it("tells nothing of an inner fault", async () => {
    const response = await make(() => new TypeError("secret detail")).request("/v1/books/b");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  it("refuses writes with 403 when no token is configured", async () => {
    expect((await make(() => new Error()).request("/v1/books", post(dune))).status).toBe(403);
  });

  it("shows its pages without trends and recommendations, and says so", async () => {
    const page = await (await make(() => new Error()).request("/")).text();
    expect(page).toContain("Trends are not available at the moment.");
    expect(page).toContain("Recommendations are not available at the moment.");
  });

  it("asks them all at once, so that a page waits for the slowest and not for their sum", async () => {
    let asked = 0;
    const { promise: all, resolve } = Promise.withResolvers<void>();
    // Each answers only when the other two have been asked too.
    const ask = async () => {
      if (++asked === 3) resolve();
      await all;
      return [];
    };
    const others = { trends: { books: ask, queries: ask }, recommendations: { forReader: ask, similarTo: ask } };
    const page = await make(() => new Error(), undefined, others).request("/");
    expect([page.status, asked]).toEqual([200, 3]);
  });
});
