import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";

const post = (key: string) => sending("POST", { title: "Once" }, { "idempotency-key": key });
const events = (key: string) =>
  sending("POST", Array.from({ length: 5 }, () => ({ type: "viewed", book: "seen" })), { "idempotency-key": key });

describe("a process that dies while it handles a request under a key, on SQLite", () => {
  let folder: string;
  let clock: ReturnType<typeof handClock>;
  let dying: WebStore;
  let next: WebStore;
  const open = () => openWebStore({ path: join(folder, "web.db"), clock });
  const counts = async ({ shelf, outbox }: WebStore) => ({ books: await shelf.count(), events: await outbox.size() });

  beforeEach(async () => {
    folder = await Deno.makeTempDir();
    clock = handClock();
    [dying, next] = [open(), open()];
    await webApi(next, clock)("/v1/books", sending("POST", { id: "seen", title: "Seen" }));
  });
  afterEach(async () => {
    await dying.close();
    await next.close();
    await Deno.remove(folder, { recursive: true });
  });

  /** The API in a process that dies at a point of the work: from there on it reaches its store no more. */
  function dyingApi(at: "before the effect" | "between effect and answer" | "after both") {
    let dead = false;
    const die = () => {
      dead = true;
      throw new Error(`died ${at}`);
    };
    const store: WebStore = {
      ...dying,
      uow: { run: async (work) => dead ? die() : await dying.uow.run(work) },
    };
    return webApi(store, clock, {
      bus: (inner) => ({
        ...inner,
        async dispatch(topic, commands, options) {
          if (at === "before the effect") die();
          const dying = at === "between effect and answer" ? { ...options, afterEffects: die } : options;
          const outcomes = await inner.dispatch(topic, commands, dying);
          return at === "after both" ? die() : outcomes;
        },
      }),
    });
  }

  for (const at of ["before the effect", "between effect and answer"] as const) {
    it(`${at}: nothing is stored, the key falls free after a while, and the next sending does it once`, async () => {
      for (const [path, request] of [["/v1/books", post("b")], ["/v1/events", events("e")]] as const) {
        const before = await counts(next);
        expect((await dyingApi(at)(path, request)).status).toBe(500);
        expect(await counts(next)).toEqual(before);

        const ask = webApi(next, clock);
        const early = await ask(path, request);
        expect([early.status, early.headers.get("retry-after")]).toEqual([409, "30"]);
        expect(await counts(next)).toEqual(before);
        clock.pass(30_000);
        expect((await ask(path, request)).ok).toBe(true);
        const after = await counts(next);
        expect(after.events - before.events).toBe(path === "/v1/books" ? 1 : 5);
        const again = await ask(path, request);
        expect([again.ok, again.headers.get("idempotent-replayed")]).toEqual([true, "true"]);
        expect(await counts(next)).toEqual(after);
      }
    });
  }

  it("after both: the next sending gets the answer that nobody has seen", async () => {
    for (const [path, request] of [["/v1/books", post("b")], ["/v1/events", events("e")]] as const) {
      expect((await dyingApi("after both")(path, request)).status).toBe(500);
      const after = await counts(next);
      const again = await webApi(next, clock)(path, request);
      expect([again.ok, again.headers.get("idempotent-replayed")]).toEqual([true, "true"]);
      expect(await counts(next)).toEqual(after);
    }
    expect(await counts(next)).toEqual({ books: 2, events: 7 });
  });
});
