import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createBacklog } from "@/application/messaging/outbox/backlog.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { defined } from "@/application/defined.ts";
import { Backlogged, Unavailable } from "@/application/faults.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { startWeb } from "@/services/web/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const hasty = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };

/** The web service over a log that takes nothing while it is gone, with room for three events. */
async function web(importFolder?: string) {
  let gone = true;
  let asked = 0;
  const from = Date.now();
  const inner = createMemoryLog({ partitions: 1 });
  const log: EventLog = {
    ...inner,
    append: (messages) => gone ? Promise.reject(new Unavailable("the log is gone")) : inner.append(messages),
  };
  const store = createMemoryWebStore();
  const list = () => Promise.reject(new Error("not here"));
  const service = await startWeb({
    store,
    log,
    trends: { books: list, queries: list },
    recommendations: { forReader: list, similarTo: list },
    lastGood: createMemoryLastGood(),
    adminToken: TOKEN,
    role: "all",
    outboxMost: 3,
    ...defined({ importFolder }),
    // A second passes in a millisecond, and two with each request, so that nothing seen holds for long.
    clock: { ...hasty, now: () => from + (Date.now() - from) * 1_000 + asked * 2_000 },
    ids,
    logger,
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    asked++;
    return await service.fetch(new Request(`http://web.test${path}`, init));
  };
  const post = (id: string) => ask("/v1/books", sending("POST", { id, title: `Title ${id}` }));
  const back = () => void (gone = false);
  return { service, store, inner, ask, post, back };
}

describe("a full backlog", () => {
  it("writes are answered 503 with Retry-After and the reason, reads go on, and it recovers by itself", async () => {
    const { service, store, ask, post, back } = await web();
    for (const id of ["a", "b", "c"]) expect((await post(id)).status).toBe(201);
    const refused = await post("d");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(await refused.json()).toMatchObject({
      type: "/problems/backlog-full",
      title: "Unavailable",
      detail: "the event log has taken nothing for a while: 3 events wait for it, the most that may (OUTBOX_MOST)",
    });
    const acts = await ask("/v1/events", sending("POST", { type: "viewed", reader: "r", book: "a" }));
    expect(acts.status).toBe(503);
    expect([await store.shelf.get("d"), await store.outbox.size()]).toEqual([undefined, 3]);
    for (const path of ["/v1/books/a", "/v1/books?q=title", "/livez", "/search?q=title", "/books/a"]) {
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    }
    const { ready, parts } = await service.ready();
    expect([ready, parts.outbox!.ok]).toEqual([false, false]);
    back();
    await eventually(async () => (await post("d")).status === 201);
    await eventually(async () => (await service.ready()).parts.outbox!.ok && await store.outbox.size() === 0);
    await service.stop();
  });

  it("consumed commands wait for it, and none of them is parked", async () => {
    const { service, store, inner, ask, post, back } = await web();
    for (const id of ["a", "b", "c"]) await post(id);
    // Time passes with it, so that what was seen before the third book holds no longer.
    await ask("/livez");
    const command = { id: "c1", source: "/t", type: CATALOG.addBook, data: { id: "d", title: "D" } };
    await inner.append([{ topic: TOPICS.catalogCommands, ...encode(command, "d") }]);
    await eventually(async () => (await service.ready()).parts["catalog-commands"]?.ok === false);
    expect([await store.shelf.get("d"), await store.deadLetters.count()]).toEqual([undefined, 0]);
    back();
    await eventually(async () => await store.shelf.get("d") !== undefined);
    expect(await store.deadLetters.count()).toBe(0);
    await service.stop();
  });

  it("holds up no import, as a file is finite", async () => {
    const folder = await Deno.makeTempDir();
    const { service, store, ask, post, back } = await web(folder);
    for (const id of ["a", "b", "c"]) await post(id);
    expect((await post("d")).status).toBe(503);
    const file = { ...sending("POST", "id,title\ne,E\nf,F\n"), headers: { authorization: `Bearer ${TOKEN}` } };
    expect((await ask("/v1/imports", file)).status).toBe(202);
    await eventually(async () => await store.shelf.get("f") !== undefined);
    expect([await store.outbox.size(), (await post("d")).status]).toEqual([5, 503]);
    back();
    await eventually(async () => await store.outbox.size() === 0);
    await service.stop();
    await Deno.remove(folder, { recursive: true });
  });

  it("is looked at once a second, and counted only where the span of the numbers says that it may be full", async () => {
    let [now, span, rows, looks, counts] = [0, 5, 5, 0, 0];
    const outbox = {
      read: () => Promise.resolve([]),
      size: () => Promise.resolve((counts++, rows)),
      sizeAtMost: () => Promise.resolve((looks++, span)),
      ageMs: () => Promise.resolve(undefined),
    };
    const backlog = createBacklog({ outbox, most: 10, clock: { ...systemClock, now: () => now } });
    await Promise.all([backlog.check(), backlog.check()]);
    now = 999;
    await backlog.check();
    expect([looks, counts]).toEqual([1, 0]);
    // Many numbers, few rows: the old ones of a shard that stands still.
    [now, span] = [1_000, 1_000];
    await backlog.check();
    expect([looks, counts]).toEqual([2, 1]);
    [now, rows] = [2_000, 10];
    await expect(backlog.check()).rejects.toThrow(Backlogged);
    [now, rows] = [3_000, 9];
    await backlog.check();
  });
});
