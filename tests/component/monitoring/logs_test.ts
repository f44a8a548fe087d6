import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createDamper } from "@/adapters/system/damper.ts";
import { createLogger, type Level } from "@/adapters/system/logger.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { startWeb } from "@/services/web/app.ts";
import { eventually } from "@/tests/support/eventually.ts";

type Line = Record<string, unknown>;

/** The web service on memory adapters, with what it logs. */
async function logging(level: Level) {
  const lines: Line[] = [];
  const none = { forReader: () => Promise.resolve([]), similarTo: () => Promise.resolve([]) };
  const log = createMemoryLog();
  const store = createMemoryWebStore();
  const web = await startWeb({
    store,
    log,
    trends: { books: () => Promise.resolve([]), queries: () => Promise.resolve([]) },
    recommendations: none,
    lastGood: createMemoryLastGood(),
    role: "all",
    clock,
    ids,
    logger: createLogger("web", level, { write: (line) => lines.push(JSON.parse(line)) }),
  });
  const get = async (path: string, headers: Record<string, string> = {}) =>
    await web.fetch(new Request(`http://web.test${path}`, { headers }));
  return { web, store, log, lines, get };
}

describe("the log", () => {
  it("has a line per request at info, with its route and correlation id, and neither path nor query", async () => {
    const { web, lines, get } = await logging("info");
    await get("/v1/books?q=secret", { "x-correlation-id": "c-1" });
    await get("/v1/books/secret", { "x-correlation-id": "c-2" });
    await get("/livez");
    await get("/readyz");
    await web.stop();
    const requests = lines.filter(({ event }) => event === "request");
    expect(requests.map(({ method, route, status, correlation }) => [method, route, status, correlation])).toEqual([
      ["GET", "/v1/books", 200, "c-1"],
      ["GET", "/v1/books/:id", 404, "c-2"],
    ]);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  it("has none of them at warn", async () => {
    const { web, lines, get } = await logging("warn");
    await get("/v1/books?q=x");
    await web.stop();
    expect(lines).toEqual([]);
  });

  it("has at debug a line for each probe, each batch that is consumed and each that is relayed, and never their data", async () => {
    const { web, log, lines, get } = await logging("debug");
    const command = {
      id: "m1",
      source: "/t",
      type: CATALOG.addBook,
      data: { id: "secret-1", title: "a secret title" },
    };
    await log.append([{ topic: TOPICS.catalogCommands, ...encode(command, "secret-key") }]);
    const lineOf = (event: string, has: Line = {}) =>
      eventually(() =>
        lines.find((line) => line.event === event && Object.entries(has).every(([name, value]) => line[name] === value))
      );
    expect(await lineOf("batch-consumed", { consumer: "catalog-commands" })).toMatchObject({
      level: "debug",
      topic: TOPICS.catalogCommands,
      partition: expect.any(Number),
      messages: 1,
      next: expect.any(String),
      milliseconds: expect.any(Number),
    });
    expect(await lineOf("outbox-relayed")).toMatchObject({
      level: "debug",
      messages: 1,
      shards: expect.any(Array),
      milliseconds: expect.any(Number),
    });
    await get("/livez");
    await get("/v1/books?q=secret");
    expect(await lineOf("probe")).toMatchObject({ level: "debug", route: "/livez", status: 200 });
    expect(await lineOf("request")).toMatchObject({ level: "info", route: "/v1/books" });
    await web.stop();
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  it("has none of those at info", async () => {
    const { web, log, lines, get } = await logging("info");
    const command = { id: "m1", source: "/t", type: CATALOG.addBook, data: { id: "b1", title: "t" } };
    await log.append([{ topic: TOPICS.catalogCommands, ...encode(command, "b1") }]);
    await eventually(async () => (await get("/v1/books/b1")).status === 200);
    await get("/livez");
    await web.stop();
    expect(lines.filter(({ level }) => level === "debug")).toEqual([]);
    expect(lines.filter(({ event }) => event === "request").length).toBeGreaterThan(0);
  });

  it("names the correlation id of a message that is parked, and of a request that fails", async () => {
    const { web, store, log, lines, get } = await logging("warn");
    const type = CATALOG.addBook.replace(/v1$/, "v9");
    const command = { id: "m1", source: "/t", type, correlationid: "cor-1", data: {} };
    await log.append([{ topic: TOPICS.catalogCommands, ...encode(command, "k") }]);
    await eventually(() => lines.some(({ event }) => event === "message-parked"));
    expect(lines[0]).toMatchObject({ event: "message-parked", reason: "unknown-version", correlation: "cor-1" });
    store.shelf.get = () => Promise.reject(new TypeError("a bug"));
    await get("/v1/books/b1", { "x-correlation-id": "cor-2" });
    expect(lines.at(-1)).toMatchObject({ event: "request-failed", route: "/v1/books/:id", correlation: "cor-2" });
    await web.stop();
  });

  it("carries the trace's id where there is one", () => {
    const lines: Line[] = [];
    let traceparent: string | undefined = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const logger = createLogger("web", "info", {
      write: (line) => lines.push(JSON.parse(line)),
      trace: () => traceparent,
    });
    logger.info("one");
    traceparent = undefined;
    logger.info("two");
    expect(lines.map(({ trace }) => trace)).toEqual(["a".repeat(32), undefined]);
  });

  it("says a warning once, and its repetitions together with their number; others, errors and requests' own at once", async () => {
    const lines: Line[] = [];
    const logger = createLogger("web", "info", { write: (line) => lines.push(JSON.parse(line)) });
    for (let at = 0; at < 50; at++) {
      logger.warn("kafka-client", { reason: "refused" });
      logger.error("request-failed", { reason: "same" });
      logger.warn("request-unavailable", { correlation: "same" });
    }
    logger.warn("kafka-client", { reason: "another" });
    const count = (event: string) => lines.filter((line) => line.event === event).length;
    expect([count("kafka-client"), count("request-failed"), count("request-unavailable")]).toEqual([2, 50, 50]);

    const said: { repeated?: number }[] = [];
    const damped = createDamper(20);
    for (let at = 0; at < 50; at++) damped("a", (more) => said.push(more));
    await eventually(() => said.length === 2);
    expect(said).toEqual([{}, { repeated: 49 }]);
    // After a time without repetitions it is new again.
    await eventually(() => {
      damped("b", (more) => said.push(more));
      return said.length > 3;
    });
  });
});
