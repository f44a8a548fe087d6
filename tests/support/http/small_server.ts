import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import { adminOnly } from "@/adapters/http/base/security/auth.ts";
import { answerZipped } from "@/adapters/http/base/content/zipped.ts";
import { takesJson } from "@/adapters/http/base/content/body.ts";
import { createHttpServer, type HttpServerOptions } from "@/adapters/http/server/server.ts";
import type { Logger } from "@/application/ports.ts";
import { noTelemetry } from "@/application/shared/observability/telemetry.ts";
import { bareApp } from "./bare_app.ts";
import { head, openRaw } from "./raw_http.ts";

export const TOKEN = "a-token-for-tests-only";
export const JSON_BODY = { "Content-Type": "application/json" };
/** The head of a request whose announced body never arrives. */
export const announcing = (path = "/v1/things"): string =>
  head(`POST ${path}`, { ...JSON_BODY, "Content-Length": "1000000" });

/** A server with a few routes, and what it logs. */
function serveSmall(options: Partial<HttpServerOptions> = {}, http: HttpOptions = {}) {
  const lines: string[] = [];
  const log = (event: string) => void lines.push(event);
  const logger: Logger = { debug: () => {}, info: () => {}, warn: log, error: log };
  const app = bareApp({ logger, http, adminToken: TOKEN });
  app.get("/v1/things", (context) => context.json({ ok: true }));
  app.get("/v1/text", (context) =>
    answerZipped(context, "ä word, ".repeat(1_000), {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    }));
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
  app.get("/v1/late-events", async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const body = new ReadableStream({ cancel: () => log("stream-cancelled") });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const server = createHttpServer({
    limits: { most: 100, mostPerClient: 100 },
    trustedProxies: [],
    ...options,
    telemetry: noTelemetry,
    logger,
    fetch: (request, client) => app.fetch(request, client),
  });
  const port = server.listen("127.0.0.1", 0);
  return { port, lines, close: server.close, url: `http://127.0.0.1:${port}` };
}

/** A stream that sends a message from time to time. */
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

/** The server of the current test and its raw connections, all closed after it. */
export function smallServers() {
  let running: ReturnType<typeof serveSmall>;
  const raws: { close(): void }[] = [];
  return {
    serve(...options: Parameters<typeof serveSmall>) {
      running = serveSmall(...options);
      return running;
    },
    async open() {
      const raw = await openRaw(running.port);
      raws.push(raw);
      return raw;
    },
    answers: async () => (await (await fetch(`${running.url}/v1/things`)).json()).ok,
    async close() {
      for (const raw of raws.splice(0)) raw.close();
      await running.close();
    },
  };
}
