import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createBaseApp, type HttpOptions } from "@/adapters/http/base/base_app.ts";
import { adminOnly, serviceToken } from "@/adapters/http/base/auth.ts";
import { takesJson } from "@/adapters/http/base/body.ts";
import { createHttpServer, type HttpServerOptions } from "@/adapters/http/server/server.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import type { Logger } from "@/application/ports.ts";
import { noTelemetry } from "@/application/telemetry.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { head, openRaw, statusOf } from "@/tests/support/raw_http.ts";

const TOKEN = "a-token-for-tests-only";
const json = { "Content-Type": "application/json" };
const announcing = (path = "/v1/things") => head(`POST ${path}`, { ...json, "Content-Length": "1000000" });

/** A server with a few routes, and what it logs. */
async function serve(options: Partial<HttpServerOptions> = {}, http: HttpOptions = {}) {
  const lines: string[] = [];
  const log = (event: string) => void lines.push(event);
  const logger: Logger = { info: () => {}, warn: log, error: log };
  const app = createBaseApp({
    title: "test",
    ids,
    logger,
    http,
    adminToken: TOKEN,
    ready: () => Promise.resolve({ ready: true, parts: {} }),
  });
  app.get("/v1/things", (context) => context.json({ ok: true }));
  app.post("/v1/things", takesJson({ mostBytes: 2 ** 20, mostBytesOfOne: 4_096 }), async (context) => {
    return context.json({ characters: (await context.req.text()).length });
  });
  app.put("/v1/things", adminOnly(TOKEN), takesJson({ mostBytes: 2 ** 20 }), (context) => context.json({ ok: true }));
  app.post("/v1/files", async (context) => {
    context.env.allowLongBody?.();
    let bytes = 0;
    for await (const part of context.env.body!()) bytes += part.length;
    return context.json({ bytes });
  });
  app.get("/v1/slow", async (context) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return context.json({ ok: true });
  });
  app.get("/v1/events", () => new Response(ticks(6, 300), { headers: { "content-type": "text/event-stream" } }));
  const server = createHttpServer({
    limits: { most: 100, mostPerClient: 100 },
    trustedProxies: [],
    ...options,
    telemetry: noTelemetry,
    logger,
    fetch: (request, client) => app.fetch(request, client),
  });
  const port = await server.listen("127.0.0.1", 0);
  return { port, lines, close: server.close, url: `http://127.0.0.1:${port}` };
}

/** A stream that says something every now and then. */
function ticks(count: number, everyMs: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      controller.enqueue(new TextEncoder().encode(`data: ${at}\n\n`));
      if (++at === count) controller.close();
    },
  });
}

const SHORT = { headMs: 300, requestMs: 600, keepAliveMs: 300, stallMs: 1_000 };

describe("the HTTP server", () => {
  let running: Awaited<ReturnType<typeof serve>>;
  const raws: { close(): void }[] = [];
  const open = async () => {
    const raw = await openRaw(running.port);
    raws.push(raw);
    return raw;
  };
  afterEach(async () => {
    for (const raw of raws.splice(0)) raw.close();
    await running.close();
  });
  const answers = async () => (await (await fetch(`${running.url}/v1/things`)).json()).ok;

  it("answers GET, HEAD with the length of GET, and POST on one connection", async () => {
    running = await serve();
    const raw = await open();
    await raw.send(head("GET /v1/things") + head("HEAD /v1/things"));
    await raw.send(head("POST /v1/things", { ...json, "Content-Length": "2", Connection: "close" }) + "{}");
    const all = await raw.ended();
    expect(all.match(/HTTP\/1\.1 200 OK/g)?.length).toBe(3);
    expect(all.match(/content-length: 11\r\n/gi)?.length).toBe(2);
    expect(all).toContain('{"characters":2}');
  });

  it("ends a head and a body that do not come in time with 408", async () => {
    running = await serve({ deadlines: SHORT });
    for (const slow of ["", "GET / HTTP/1.1\r\n", `${announcing()}[`]) {
      const raw = await open();
      if (slow !== "") await raw.send(slow);
      expect([slow.slice(0, 4), statusOf(await raw.ended())]).toEqual([slow.slice(0, 4), 408]);
    }
    expect(running.lines).toEqual([]);
  });

  it("lets the body of a file take long while it comes at a pace, and ends one that does not, or takes too long", async () => {
    running = await serve({ deadlines: SHORT, longBody: { leastBytesPerSecond: 1_000, mostMs: 3_000 } });
    /** So many parts of 1,000 bytes in 200 ms each, of a body of 10,000 bytes. */
    const send = async (parts: number, path = "/v1/files") => {
      const raw = await open();
      await raw.send(head(`POST ${path}`, { ...json, "Content-Length": "10000", Connection: "close" }));
      for (let at = 0; at < parts; at++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        await raw.send("x".repeat(1_000)).catch(() => {});
      }
      return await raw.ended();
    };
    const endless = async () => {
      const raw = await open();
      await raw.send(head("POST /v1/files", { ...json, "Content-Length": "1000000" }));
      for (let at = 0; at < 25 && raw.text() === ""; at++) {
        await raw.send("x".repeat(1_000)).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return await raw.ended();
    };
    const [whole, stopped, other, long] = await Promise.all([send(10), send(6), send(10, "/v1/things"), endless()]);
    expect([statusOf(whole), whole.endsWith('{"bytes":10000}')]).toEqual([200, true]);
    expect([stopped, other, long].map(statusOf)).toEqual([408, 408, 408]);
  });

  it("cuts no answer by these deadlines, neither one that takes long to begin nor a stream", async () => {
    running = await serve({ deadlines: SHORT });
    expect((await (await fetch(`${running.url}/v1/slow`)).json()).ok).toBe(true);
    expect((await (await fetch(`${running.url}/v1/events`)).text()).match(/data/g)?.length).toBe(6);
  });

  it("refuses without its body what needs a token, what is too long and what is no JSON, and closes the connection", async () => {
    running = await serve();
    const cases: [string, number][] = [
      [head("PUT /v1/things", { ...json, "Content-Length": "1000000" }), 401],
      [head("POST /v1/things", { ...json, "Content-Length": "2000000" }), 413],
      [head("POST /v1/things", { "Content-Type": "text/plain", "Content-Length": "1000000" }), 415],
    ];
    for (const [request, status] of cases) {
      const raw = await open();
      await raw.send(request);
      const all = await raw.ended();
      expect([statusOf(all), /connection: close/i.test(all)]).toEqual([status, true]);
    }
  });

  it("stops reading at the limit, whatever was announced: 4 kB for one item, 1 MiB for a list", async () => {
    running = await serve();
    const post = async (body: string) => {
      const response = await fetch(`${running.url}/v1/things`, { method: "POST", headers: json, body });
      await response.body?.cancel();
      return response.status;
    };
    expect(await post(JSON.stringify("x".repeat(5_000)))).toBe(413);
    expect(await post(`  ${JSON.stringify(["x".repeat(5_000)])}`)).toBe(200);
    const raw = await open();
    await raw.send(head("POST /v1/things", { ...json, "Transfer-Encoding": "chunked" }));
    for (let at = 0; at < 17; at++) {
      await raw.send(`10000\r\n${at === 0 ? "[" : " "}${" ".repeat(65_535)}\r\n`).catch(() => {});
    }
    expect(statusOf(await raw.ended())).toBe(413);
  });

  it("asks for a body that waits for it, and only where it is wanted", async () => {
    running = await serve();
    const wanted = await open();
    await wanted.send(
      head("POST /v1/things", { ...json, "Content-Length": "2", Expect: "100-continue", Connection: "close" }),
    );
    await eventually(() => wanted.text().includes("100 Continue"));
    await wanted.send("{}");
    expect(await wanted.ended()).toContain("200 OK");
    const refused = await open();
    await refused.send(head("PUT /v1/things", { ...json, "Content-Length": "2", Expect: "100-continue" }));
    expect(statusOf(await refused.ended())).toBe(401);
  });

  it("logs nothing when a client leaves within its body, its head or its answer", async () => {
    running = await serve();
    for (const part of [`${announcing()}[1,`, "GET /v1/th", head("GET /v1/events")]) {
      const raw = await open();
      await raw.send(part);
      await new Promise((resolve) => setTimeout(resolve, 50));
      raw.close();
    }
    expect(await answers()).toBe(true);
    expect(running.lines).toEqual([]);
  });

  it("answers rubbish with 400, a head that is too long with 431, and logs neither", async () => {
    running = await serve();
    for (
      const [rubbish, status] of [["\x16\x03\x01\r\n\r\n", 400], [head(`GET /${"x".repeat(20_000)}`), 431]] as const
    ) {
      const raw = await open();
      await raw.send(rubbish);
      expect(statusOf(await raw.ended())).toBe(status);
    }
    expect(running.lines).toEqual([]);
  });

  it("keeps what comes after a refused head from the connections of others", async () => {
    running = await serve({ deadlines: { headMs: 300 } });
    const bad = [await open(), await open(), await open()];
    for (const [at, raw] of bad.entries()) await raw.send(at === 0 ? "GET /" : "\x16\x03\x01\r\n\r\n");
    for (const raw of bad) await eventually(() => raw.text().includes("HTTP/1.1 4"));
    // Whoever comes next gets their parsers.
    const good = [await open(), await open(), await open(), await open()];
    for (const raw of good) await raw.send("GET /v1/things HTTP/1.1\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const raw of bad) await raw.send("\x00rubbish").catch(() => {});
    bad[2]!.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const raw of good) await raw.send("Host: 127.0.0.1\r\nConnection: close\r\n\r\n");
    for (const raw of good) expect(statusOf(await raw.ended())).toBe(200);
    expect(running.lines).toEqual([]);
  });

  it("takes no route from the Host: 400 unless it is host or host:port", async () => {
    running = await serve({}, { allowedHosts: ["shop.example", "127.0.0.1"] });
    const cases: [string, number][] = [
      ["a/livez?x=", 400],
      ["a/metrics#", 400],
      ["user@shop.example", 400],
      ["shop.example:port", 400],
      ["1.2.3.999", 400],
      ["other.example", 421],
      ["Shop.Example:8000", 200],
    ];
    for (const [host, status] of cases) {
      const raw = await open();
      await raw.send(head("GET /v1/things", { Host: host, Connection: "close" }));
      expect([host, statusOf(await raw.ended())]).toEqual([host, status]);
    }
    const forwarded = await open();
    const named = { "Host": "other.example", "X-Forwarded-Host": "shop.example", "Connection": "close" };
    await forwarded.send(head("GET /v1/things", named));
    expect(statusOf(await forwarded.ended())).toBe(421);
    const service = await open();
    const called = { Host: "web:8000", Authorization: `Bearer ${serviceToken(TOKEN)}`, Connection: "close" };
    await service.send(head("GET /v1/things", called));
    expect(statusOf(await service.ended())).toBe(200);
    const twice = await open();
    await twice.send("GET /v1/things HTTP/1.1\r\nHost: shop.example\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(statusOf(await twice.ended())).toBe(400);
    expect(running.lines).toEqual([]);
  });

  it("closes an idle or slow connection for a new one where a client has too many, and none that is answered", async () => {
    running = await serve({ limits: { most: 100, mostPerClient: 5 } });
    const slow = await Promise.all(Array.from({ length: 4 }, open));
    for (const raw of slow) await raw.send("GET / HT");
    const answered = await open();
    await answered.send(head("GET /v1/slow", { Connection: "close" }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await answers()).toBe(true);
    await slow[0]!.ended();
    expect(statusOf(await answered.ended())).toBe(200);
  });

  it("refuses bodies that do not come at all, once a client has many of them, and goes on answering", async () => {
    running = await serve({ bodies: { most: 50, mostPerClient: 3 } });
    const slow = [];
    for (let at = 0; at < 3; at++) {
      const raw = await open();
      await raw.send(`${announcing()}[`);
      slow.push(raw);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const fourth = await open();
    await fourth.send(`${announcing()}[`);
    const all = await fourth.ended();
    expect([statusOf(all), /retry-after: \d/i.test(all)]).toEqual([503, true]);
    expect(await answers()).toBe(true);
    const whole = await fetch(`${running.url}/v1/things`, { method: "POST", headers: json, body: "[1]" });
    expect([whole.status, (await whole.json()).characters]).toEqual([200, 3]);
    // One that has stalled for two seconds makes room.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await (await open()).send(`${announcing()}[`);
    await slow[0]!.ended();
  });

  it("lets requests at hand end when it closes, and cuts those that take longer than a second", async () => {
    running = await serve();
    const [idle, slow] = [await open(), await open()];
    await slow.send(head("GET /v1/slow"));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const from = performance.now();
    await running.close();
    expect(performance.now() - from).toBeLessThan(1_500);
    expect(statusOf(await slow.ended())).toBe(200);
    expect(await idle.ended()).toBe("");
    running = await serve();
  });
});
