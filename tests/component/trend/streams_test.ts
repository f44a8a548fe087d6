import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { samplesOf, valueOf } from "@/tests/support/monitoring/exposition.ts";
import { bareApp } from "@/tests/support/http/bare_app.ts";
import { memorySuite } from "@/tests/support/suites/memory_suite.ts";

describe("streams of trends", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  before(async () => {
    suite = await memorySuite();
  });
  after(() => suite.stop());
  const followers = async () =>
    valueOf(samplesOf(await (await suite.asks.trend("/metrics")).text()), "bookstream_trend_streams");

  for (const [service, path] of [["trend", "/v1/trends/stream"], ["web", "/trends/stream"]] as const) {
    it(`${service} answers HEAD at once, and follows nothing for it`, async () => {
      let head: Response | undefined;
      void suite.asks[service](path, { method: "HEAD" }).then((response) => head = response);
      const { status, headers, body } = await eventually(() => head, 10_000);
      expect([status, headers.get("content-type"), headers.has("content-length"), body]).toEqual([
        200,
        "text/event-stream",
        false,
        null,
      ]);
      expect(await followers()).toBe(0);
    });
  }
});

describe("streams of one client", () => {
  const TOKEN = "a-token-for-tests-only";
  const CLIENT = "198.51.100.7";
  /** A service with a stream that says one thing, goes on until `end`, and breaks where it is told to. */
  function service(most = 2, http: HttpOptions = {}) {
    const app = bareApp({
      http: { ...http, streamsPerClient: most },
      adminToken: TOKEN,
      readersToken: `${TOKEN}-of-readers`,
    });
    const controllers: ReadableStreamDefaultController[] = [];
    const cancelled: unknown[] = [];
    const headers = { "content-type": "text/event-stream" };
    app.get("/v1/trends/stream", (context) => {
      if (context.req.query("fails") !== undefined) throw new Error("no stream");
      return new Response(
        new ReadableStream({
          start(controller) {
            controllers.push(controller);
            controller.enqueue(new TextEncoder().encode(":\n\n"));
          },
          cancel: (reason) => void cancelled.push(reason),
        }),
        { headers },
      );
    });
    app.get("/v1/others", (context) => context.text("."));
    const ask = async (address = CLIENT, init: RequestInit = {}, path = "/v1/trends/stream") =>
      await app.request(path, init, { address });
    return { ask, controllers, cancelled };
  }

  it("are bounded by its address: one more is 429 with Retry-After, another client's and other requests are not", async () => {
    const { ask } = service();
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
    expect((await refused.json()).detail).toContain("2 streams");
    expect((await ask(CLIENT, {}, "/v1/others")).status).toBe(200);
    expect((await ask("198.51.100.8")).status).toBe(200);
  });

  it("count not where the service has too much to do to answer", async () => {
    const { ask } = service(1, { capacity: { atWork: 0, waiting: 0, longestWaitMs: 10, bodyBytes: 1_000 } });
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 503]);
  });

  it("count no more once they have ended, broken, or been left", async () => {
    const { ask, controllers, cancelled } = service(1);
    for (
      const end of [
        async (body: ReadableStream) => {
          controllers.at(-1)!.close();
          await new Response(body).text();
        },
        () => controllers.at(-1)!.error(new Error("broken")),
        (body: ReadableStream) => body.cancel("left"),
      ]
    ) {
      const { status, body } = await ask();
      expect([status, (await ask()).status]).toEqual([200, 429]);
      await end(body!);
      await eventually(async () => {
        const next = await ask();
        await next.body!.cancel("tried");
        return next.status === 200;
      });
    }
    expect(cancelled).toContain("left");
  });

  it("do not count where the answer is an error or to HEAD", async () => {
    const { ask } = service(1);
    for (let at = 0; at < 3; at++) {
      expect((await ask(CLIENT, {}, "/v1/trends/stream?fails=")).status).toBe(500);
      expect((await ask(CLIENT, { method: "HEAD" })).status).toBe(200);
    }
    expect((await ask()).status).toBe(200);
  });

  it("are not bounded for who asks for many people by a token", async () => {
    const { ask } = service(1);
    for (const token of [TOKEN, `${TOKEN}-of-readers`]) {
      for (let at = 0; at < 3; at++) {
        expect((await ask(CLIENT, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
      }
    }
  });
});
