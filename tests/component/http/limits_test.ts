import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { adminOnly, serviceToken } from "@/adapters/http/base/security/auth.ts";
import { createAdmission } from "@/adapters/http/base/limits/admission.ts";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import { takesForm, takesJson } from "@/adapters/http/base/content/body.ts";
import { createBuckets } from "@/adapters/http/base/limits/buckets.ts";
import { CAPACITY } from "@/adapters/http/base/limits/capacity.ts";
import { charge } from "@/adapters/http/base/limits/limit_rates.ts";
import { bareApp } from "@/tests/support/http/bare_app.ts";
import { memorySuite } from "@/tests/support/suites/memory_suite.ts";
import { connectionLimits } from "@/services/shared/process/connection_limits.ts";

const TOKEN = "a-token-for-tests-only";
const CLIENT = { address: "198.51.100.7" };

function appWith(http: HttpOptions) {
  const app = bareApp({ http, adminToken: TOKEN, readerOf: (context) => context.req.header("x-reader") });
  app.get("/v1/things", (context) => context.json({ ok: true }));
  app.get("/assets/style.css", (context) => context.text(""));
  app.post("/v1/things", takesJson({ mostBytes: 100 }), (context) => {
    charge(context, 5);
    return context.json({ ok: true });
  });
  app.post("/form", takesForm({ mostBytes: 1_000 }), (context) => context.text("taken"));
  app.put("/v1/things", adminOnly(TOKEN), takesJson({ mostBytes: 100 }), (context) => context.json({}));
  return async (path: string, headers: Record<string, string> = {}, address = CLIENT.address, init: RequestInit = {}) =>
    await app.request(path, { ...init, headers }, { address });
}

describe("limits per client", () => {
  const limited = () => {
    let now = 0;
    const ask = appWith({ rates: { client: { perSecond: 2, burst: 4 } }, now: () => now });
    return { ask, pass: (seconds: number) => void (now += seconds * 1_000) };
  };

  it("answers 429 with Retry-After beyond them, and says in every answer what is left", async () => {
    const { ask, pass } = limited();
    const seen = [];
    for (let at = 0; at < 5; at++) {
      const { status, headers } = await ask("/v1/things");
      seen.push([status, headers.get("ratelimit"), headers.get("retry-after")]);
    }
    expect(seen).toEqual([
      [200, '"client";r=3;t=1', null],
      [200, '"client";r=2;t=1', null],
      [200, '"client";r=1;t=2', null],
      [200, '"client";r=0;t=2', null],
      [429, '"client";r=0;t=1', "1"],
    ]);
    expect((await ask("/v1/things")).headers.get("ratelimit-policy")).toBe('"client";q=4;w=2');
    pass(0.5);
    expect([(await ask("/v1/things")).status, (await ask("/v1/things")).status]).toEqual([200, 429]);
  });

  it("counts each address for itself", async () => {
    const { ask } = limited();
    for (let at = 0; at < 5; at++) await ask("/v1/things");
    expect((await ask("/v1/things")).status).toBe(429);
    expect((await ask("/v1/things", {}, "198.51.100.8")).status).toBe(200);
  });

  it("is lifted by the admin token and for other services, not by a token that is cut or longer", async () => {
    const { ask } = limited();
    for (let at = 0; at < 5; at++) await ask("/v1/things");
    for (const token of [TOKEN, serviceToken(TOKEN)]) {
      expect((await ask("/v1/things", { authorization: `Bearer ${token}` })).status).toBe(200);
      for (const wrong of [token.slice(0, -1), `${token}x`, token.slice(0, 1)]) {
        expect((await ask("/v1/things", { authorization: `Bearer ${wrong}` })).status).toBe(429);
      }
    }
    const put = { method: "PUT", body: "{}" };
    const asService = { authorization: `Bearer ${serviceToken(TOKEN)}`, "content-type": "application/json" };
    expect((await ask("/v1/things", asService, CLIENT.address, put)).status).toBe(401);
  });

  it("holds up no probe and no asset, and takes more for what is more work", async () => {
    const { ask } = limited();
    const post = { method: "POST", body: "{}" };
    expect((await ask("/v1/things", { "content-type": "application/json" }, CLIENT.address, post)).status).toBe(429);
    for (let at = 0; at < 5; at++) await ask("/v1/things");
    for (const path of ["/livez", "/readyz", "/assets/style.css"]) {
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    }
  });

  it("limits a reader by all addresses that it comes from", async () => {
    const ask = appWith({ rates: { reader: { perSecond: 1, burst: 2 } }, now: () => 0 });
    const statuses = [];
    for (let at = 1; at < 4; at++) {
      statuses.push((await ask("/v1/things", { "x-reader": "r1" }, `198.51.100.${at}`)).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect((await ask("/v1/things", { "x-reader": "r2" })).status).toBe(200);
  });

  it("keeps a bounded number of buckets, those that were used last", () => {
    const buckets = createBuckets({ perSecond: 1, burst: 1 }, () => 0, 2);
    for (const key of ["a", "b", "a", "c"]) buckets.take(key);
    expect([buckets.take("a").isRefused, buckets.take("b").isRefused]).toEqual([true, false]);
  });
});

describe("admission", () => {
  const limits = { atWork: 2, waiting: 2, longestWaitMs: 200 };

  it("answers so many at a time, lets so many wait, and refuses the rest at once", async () => {
    const admission = createAdmission(limits);
    const leave = [await admission.enter(), await admission.enter()];
    const waiting = [admission.enter(), admission.enter()];
    await expect(admission.enter()).rejects.toThrow("requests are waiting already");
    expect(admission.state()).toEqual({ atWork: 2, waiting: 2 });
    leave[0]!();
    (await waiting[0]!)();
    leave[1]!();
    (await waiting[1]!)();
    expect(admission.state()).toEqual({ atWork: 0, waiting: 0 });
  });

  it("refuses what has waited for too long, and what its client has left", async () => {
    const admission = createAdmission(limits);
    const leave = [await admission.enter(), await admission.enter()];
    await expect(admission.enter()).rejects.toThrow("waited for other requests");
    let hasLeft = false;
    const left = admission.enter(() => hasLeft);
    hasLeft = true;
    leave[0]!();
    await expect(left).rejects.toThrow();
    expect(admission.state()).toEqual({ atWork: 1, waiting: 0 });
  });

  it("those whose clients have left make room for others", async () => {
    const admission = createAdmission(limits);
    const leave = [await admission.enter(), await admission.enter()];
    const gone = [admission.enter(() => true), admission.enter(() => true)].map((one) => one.catch(() => "gone"));
    const next = admission.enter();
    leave[0]!();
    (await next)();
    expect(await Promise.all(gone)).toEqual(["gone", "gone"]);
  });

  it("begins at once only where there is room and nobody waits", async () => {
    const admission = createAdmission({ ...limits, longestWaitMs: 60_000 });
    const leave = [admission.enterNow()!, admission.enterNow()!];
    expect(admission.enterNow()).toBe(undefined);
    const waiting = admission.enter();
    leave[0]!();
    expect(admission.enterNow()).toBe(undefined);
    (await waiting)();
    leave[1]!();
    expect(admission.state()).toEqual({ atWork: 0, waiting: 0 });
    expect(admission.enterNow()).toBeDefined();
  });

  it("over HTTP it is 503 with Retry-After, and probes wait for nobody", async () => {
    const capacity = { ...CAPACITY, atWork: 1, waiting: 0 };
    const app = bareApp({ http: { capacity } });
    const { promise, resolve } = Promise.withResolvers<void>();
    app.get("/v1/things", async (context) => {
      await promise;
      return context.json({});
    });
    const first = app.request("/v1/things");
    const second = await app.request("/v1/things");
    expect([second.status, second.headers.get("retry-after"), (await second.json()).type]).toEqual([
      503,
      "1",
      "/problems/overloaded",
    ]);
    for (const path of ["/livez", "/readyz"]) expect((await app.request(path)).status).toBe(200);
    resolve();
    expect((await first).status).toBe(200);
  });
});

describe("bodies", () => {
  it("that cannot be read are 400, and none of ours", async () => {
    const ask = appWith({});
    const broken = { method: "POST", body: "--x\r\nContent-Disposition: nonsense" };
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=y"]) {
      expect([type, (await ask("/form", { "content-type": type }, CLIENT.address, broken)).status]).toEqual([
        type,
        400,
      ]);
    }
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    const json = { "content-type": "application/json" };
    const left: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect((await ask("/v1/things", json, CLIENT.address, left)).status).toBe(400);
  });

  it("take so much memory together, and give it back", async () => {
    const ask = appWith({ capacity: { ...CAPACITY, bodyBytes: 10 } });
    const post = (body: string) =>
      ask("/v1/things", { "content-type": "application/json" }, CLIENT.address, { method: "POST", body });
    const refused = await post(`"${"x".repeat(20)}"`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
    for (let at = 0; at < 5; at++) expect((await post('"12345"')).status).toBe(200);
  });
});

describe("small things over HTTP", () => {
  it("HEAD tells the length of GET, errors are not cached, robots.txt is there, types of problems answer", async () => {
    const suite = await memorySuite();
    for (const path of ["/", "/v1/books", "/nothing"]) {
      const [get, head] = [await suite.asks.web(path), await suite.asks.web(path, { method: "HEAD" })];
      const { byteLength } = await get.arrayBuffer();
      expect([path, head.headers.get("content-length")]).toEqual([path, String(byteLength)]);
    }
    const page = await suite.asks.web("/books/none", { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("cache-control")]).toEqual([404, "no-store"]);
    expect(await page.text()).toMatch(/^<!doctype html>/);
    const problem = await suite.asks.web("/v1/books/none");
    expect(problem.headers.get("cache-control")).toBe("no-store");
    const { type } = await problem.json();
    for (const ask of Object.values(suite.asks)) {
      expect([(await ask(type)).status, (await ask("/problems/none")).status]).toEqual([200, 404]);
      expect(await (await ask("/robots.txt")).text()).toMatch(/^User-agent: \*\nDisallow: \//);
    }
    await suite.stop();
  });

  it("refuses repeated query parameters and numbers that are no plain ones", async () => {
    const suite = await memorySuite();
    for (const query of ["q=a&q=b", "limit=0x10", "limit=1e1", "limit=%2010", "limit=", "limit=1.0", "limit=%2B5"]) {
      expect([query, (await suite.asks.web(`/v1/books?${query}`)).status]).toEqual([query, 422]);
    }
    expect((await suite.asks.web("/v1/suggest?q=a&limit=0x5")).status).toBe(422);
    expect((await suite.asks.web(`/search?q=a&cursor=${"x".repeat(3_000)}`)).status).toBe(400);
    for (const path of ["/search?q=a&q=b", "/trends?window=1h&window=24h", "/search?q=a&%71=b"]) {
      expect([path, (await suite.asks.web(path)).status]).toEqual([path, 422]);
    }
    await suite.stop();
  });
});

describe("connectionLimits()", () => {
  it("leaves descriptors to the rest of the process", () => {
    const set = { CONNECTIONS_MOST: 2_048, CLIENT_CONNECTIONS_MOST: 256 };
    const limits = (servers: number, free: number) => connectionLimits(set, servers, (most) => Math.min(free, most));
    expect(limits(1, 1_000_000)).toEqual({ most: 2_048, mostPerClient: 256 });
    expect(limits(3, 1_000)).toEqual({ most: 269, mostPerClient: 134 });
    expect(limits(1, 175)).toEqual({ most: 111, mostPerClient: 55 });
    expect(limits(1, 60)).toEqual({ most: 15, mostPerClient: 7 });
  });
});
