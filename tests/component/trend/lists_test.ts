import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { listBookTrends } from "@/application/trend/lists/list_trends.ts";
import type { TrendReader } from "@/application/trend/ports.ts";
import { raise } from "@/domain/trend/decay.ts";
import { bucketOf } from "@/domain/trend/window.ts";
import { T0, vote } from "@/tests/support/samples.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, memorySuite } from "@/tests/support/suites/memory_suite.ts";

type Suite = Awaited<ReturnType<typeof memorySuite>>;

describe("trends over HTTP, on the memory adapters", () => {
  let suite: Suite;
  const json = async (response: Response | Promise<Response>) => await (await response).json();
  const post = (path: string, body: unknown) =>
    suite.asks.web(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...AS_ADMIN.headers, "content-type": "application/json" },
    });
  const books = Array.from({ length: 25 }, (_, at) => `b${String(at).padStart(2, "0")}`);
  before(async () => {
    suite = await memorySuite();
    for (const id of books) {
      await post("/v1/books", { id, title: `Title ${id}`, authors: [id], subjects: [id < "b05" ? "Poetry" : "Maths"] });
    }
    const acts = books.flatMap((book, at) =>
      Array.from({ length: 30 - at }, (_, reader) => ({ type: "viewed", book, reader: `r${reader}` }))
    );
    await post("/v1/events", acts);
    await eventually(async () => {
      const { items } = await json(suite.asks.trend("/v1/trends/books?limit=100&window=24h"));

      return items.length === 25 && items[0].readers === 30;
    });
  });
  after(() => suite.stop());

  it("come page by page with Link and next_cursor, each place once, and begin alike for every limit", async () => {
    const whole = await json(suite.asks.trend("/v1/trends/books?limit=100&window=24h"));
    expect(whole.next_cursor).toBe(null);
    const found: { rank: number; book: { id: string } }[] = [];
    for (let path: string | undefined = "/v1/trends/books?limit=7&window=24h"; path !== undefined;) {
      const response = await suite.asks.trend(path);
      const { items, next_cursor: next } = await json(response);
      found.push(...items);
      path = /<(.*)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
      expect(path !== undefined).toBe(next !== null);
    }
    const placesOf = (items: typeof found) => items.map(({ rank, book }) => [rank, book.id]);
    expect(placesOf(found)).toEqual(placesOf(whole.items));
    expect(placesOf(found)).toEqual(books.map((id, at) => [at + 1, id]));
  });

  it("say their window, those that are offered, their moment, and of each place its course", async () => {
    const { window, windows, at, items, least_readers: least } = await json(
      suite.asks.trend("/v1/trends/books?limit=1"),
    );
    expect([windows.includes(window), least, Math.abs(Date.parse(at) - Date.now()) < 10_000]).toEqual([true, 1, true]);
    const { change, since, history } = items[0];
    expect([change, history.length, history.at(-1), Date.parse(since) <= Date.now()]).toEqual([null, 24, 30, true]);
  });

  it("of a subject that few books have read what lies behind the first page at once", async () => {
    const store = createMemoryTrendStore().at(1);
    const many = Array.from(
      { length: 700 },
      (_, at) => ({ id: `m${at}`, subjects: at === 699 ? ["Rare"] : ["Usual"] }),
    );
    await store.uow.run(async ({ shown, scores, votes, counts }) => {
      await shown.putBooks(many.map((book) => ({ ...book, title: book.id, authors: [], version: 1, removed: false })));
      await votes.addNew(many.map(({ id }) => vote(id, "r1")));
      await counts.add(many.map(({ id }) => ({ ...vote(id, "r1"), start: bucketOf(T0), count: 1 })));
      await scores.add(
        many.map(({ id }, at) => ({ subject: "book", key: id, score: raise(undefined, 1_000 - at, T0) })),
      );
    });
    const asked: number[] = [];
    const candidates: TrendReader["candidates"] = (subject, window, skip, limit) => {
      asked.push(skip);
      return store.view.candidates(subject, window, skip, limit);
    };
    const sources = { view: { ...store.view, candidates }, floor: store.floor };
    const query = { window: "24h", at: T0, limit: 20, leastReaders: 1 };
    const rare = await listBookTrends(sources, { ...query, subject: "rare" });
    expect([rare.map(({ book }) => book.id), asked.length]).toEqual([["m699"], 2]);
    expect((await listBookTrends(sources, query)).length).toBe(20);
    expect(asked.length).toBe(3);
  });

  it("follow a setting that was tuned", async () => {
    await suite.stores.trend.settings.put({ window: "70d", windows: ["30d", "90d"] }, Date.now());
    await eventually(async () => {
      const { window, windows } = await json(suite.asks.trend("/v1/trends/books"));
      return window === "70d" && windows.join() === "30d,70d,90d";
    });
  });

  it("are of a subject, of an earlier moment, or of what rises", async () => {
    const idsOf = async (query: string) =>
      (await json(suite.asks.trend(`/v1/trends/books?limit=100&${query}`))).items.map(
        ({ book }: { book: { id: string } }) => book.id,
      );
    expect(await idsOf("subject=poetry")).toEqual(books.slice(0, 5));
    expect(await idsOf("order=rising")).toEqual(books);
    expect(await idsOf(`at=${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual([]);
  });

  it("of subjects add up what their books come to", async () => {
    const { items } = await json(suite.asks.trend("/v1/trends/subjects"));
    const found = items.map(({ rank, subject, count, readers, books: shown }: Record<string, unknown>) => {
      return { rank, subject, count, readers, shown: (shown as { id: string }[]).map(({ id }) => id) };
    });
    expect(found).toEqual([
      { rank: 1, subject: "Maths", count: 310, readers: 25, shown: ["b05", "b06", "b07"] },
      { rank: 2, subject: "Poetry", count: 140, readers: 30, shown: ["b00", "b01", "b02"] },
    ]);
  });

  it("are refused where a window, an order or a cursor is none", async () => {
    const statusOf = async (query: string) => (await suite.asks.trend(`/v1/trends/books?${query}`)).status;
    expect(await Promise.all(["window=2w", "window=9999d", "order=best", "at=now", "subject="].map(statusOf))).toEqual(
      Array(5).fill(422),
    );
    const { next_cursor: cursor } = await json(suite.asks.trend("/v1/trends/books?limit=2"));
    expect(await Promise.all([`cursor=${cursor}`, "cursor=x", `cursor=${cursor}&order=rising`].map(statusOf))).toEqual([
      200,
      400,
      400,
    ]);
    const forged = (fields: object) =>
      Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(cursor, "base64url").toString()), ...fields }))
        .toString("base64url");
    const moments = [9e15, -9e15, Date.now() + 86_400_000, Date.now() - 91 * 86_400_000];
    expect(await Promise.all(moments.map((at) => statusOf(`cursor=${forged({ at })}`)))).toEqual(Array(4).fill(400));
  });

  it("are sent as events: the list at once, again when it changes, nothing to who has it", async () => {
    const stream = async (headers: Record<string, string> = {}) => {
      const response = await suite.asks.trend("/v1/trends/stream?window=30d", { headers });
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      return { read: async () => (await reader.read()).value ?? "", cancel: () => reader.cancel() };
    };
    const first = await stream();
    expect(await first.read()).toBe("retry: 2000\n\n");
    const [event, id, data] = (await first.read()).split("\n");
    expect([event, id!.slice(0, 4)]).toEqual(["event: books", "id: "]);
    const { items, window, order } = JSON.parse(data!.slice("data: ".length));
    expect([items[0].book.id, items.length, window, order]).toEqual(["b00", 20, "30d", "top"]);

    const again = await stream({ "last-event-id": id!.slice(4) });
    expect(await again.read()).toBe("retry: 2000\n\n");
    await post("/v1/events", { type: "viewed", book: "b00", reader: "another" });
    const changed = await again.read();
    expect(JSON.parse(changed.split("\n")[2]!.slice("data: ".length)).items[0].readers).toBe(31);
    expect(await first.read()).toBe(changed);
    await Promise.all([first.cancel(), again.cancel()]);
    expect((await suite.asks.trend("/v1/trends/stream?window=2h")).status).toBe(422);
  });
});
