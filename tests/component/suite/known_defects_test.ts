import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { workOf } from "@/domain/catalog/work.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { Unavailable } from "@/application/faults.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

type Suite = Awaited<ReturnType<typeof memorySuite>>;
const DUNE = { id: "dune", title: "Dune: part two", authors: ["Frank Herbert"], popularity: 2 };
const MESSIAH = { id: "messiah", title: "Dune Messiah", authors: ["Frank Herbert"], popularity: 1 };

/** What suites of this kind are known to get wrong; docs/coming-from.md says which defect each of these rules out. */
describe("known defects", () => {
  let suite: Suite;
  afterEach(() => suite.stop());

  async function shop(options: Parameters<typeof memorySuite>[0] = {}) {
    suite = await memorySuite(options);
    for (const book of [DUNE, MESSIAH]) {
      expect((await suite.asks.web("/v1/books", sending("POST", book))).status).toBe(201);
    }
  }
  const as = (reader: string): RequestInit => ({ headers: { cookie: readerCookie(reader), accept: "text/html" } });
  const items = async (response: Promise<Response>) => (await (await response).json()).items;
  const queries = (): Promise<QueryTrend[]> => items(suite.asks.trend("/v1/trends/queries"));
  const books = (): Promise<BookTrend[]> => items(suite.asks.trend("/v1/trends/books"));
  const record = async (...acts: object[]) =>
    expect((await suite.asks.web("/v1/events", sending("POST", acts))).status).toBe(202);

  it("a query with a colon trends whole, under the reader who searched it", async () => {
    await shop();
    await suite.asks.web(`/search?q=${encodeURIComponent("Dune: part two")}`, as("colon"));
    const [trend] = await eventually(async () => (await queries()).length > 0 && await queries());
    expect([trend!.query, trend!.count]).toEqual(["Dune: part two", 1]);
    const kept = await eventually(async () => {
      const searches = await suite.stores.recommendation.at(1).readers.searches("colon", 10);
      return searches.length > 0 && searches;
    });
    expect(kept.map(({ query }) => query)).toEqual(["Dune: part two"]);
    expect(await suite.stores.recommendation.at(1).readers.searches(" part two", 10)).toEqual([]);
  });

  it("a search without a reader counts in the trends and is kept of nobody", async () => {
    await shop();
    for (let at = 0; at < 3; at++) await suite.asks.web("/v1/books?q=dune");
    await eventually(async () => (await queries())[0]?.count === 3);
    await record({ type: "viewed", reader: "behind", book: "dune" });
    await eventually(async () =>
      (await suite.stores.recommendation.at(1).readers.interactions(["behind"])).length === 1
    );
    for (const nobody of ["", "undefined", "null"]) {
      expect(await suite.stores.recommendation.at(1).readers.searches(nobody, 10)).toEqual([]);
    }
    expect((await suite.stores.recommendation.at(1).readers.page("", 10)).map(({ reader }) => reader)).toEqual([
      "behind",
    ]);
  });

  it("a later page of a search is no further search, and leaves what the trend shows of it", async () => {
    await shop();
    const first = await (await suite.asks.web("/v1/books?q=dune&limit=1")).json();
    const second = await items(
      suite.asks.web(`/v1/books?q=dune&limit=1&cursor=${encodeURIComponent(first.next_cursor)}`),
    );
    expect([first.items[0].id, second[0].id]).toEqual(["dune", "messiah"]);
    await record({ type: "searched", reader: "after", query: "messiah" });
    const trends = await eventually(async () => (await queries()).length === 2 && await queries());
    const trend = trends.find(({ query }) => query === "dune")!;
    expect([trend.count, trend.books.map(({ id }) => id)]).toEqual([1, ["dune", "messiah"]]);
  });

  it("a renamed book is shown by its new title in trends and recommendations, a removed one nowhere", async () => {
    await shop();
    await record({ type: "viewed", reader: "r", book: "dune" }, { type: "viewed", reader: "s", book: "messiah" });
    const change = sending("PUT", { ...MESSIAH, title: "The Messiah" }, { "if-match": '"1"' });
    expect((await suite.asks.web("/v1/books/messiah", change)).status).toBe(200);
    const recommended = () => items(suite.asks.recommendation("/v1/readers/r/recommendations", AS_ADMIN));
    await eventually(async () => (await books()).some(({ book }) => book.title === "The Messiah"));
    await eventually(async () => (await recommended())[0]?.book.title === "The Messiah");
    const { body: _body, ...removal } = sending("DELETE", {}, { "if-match": '"2"' });
    expect((await suite.asks.web("/v1/books/messiah", removal)).status).toBe(204);
    await eventually(async () => (await books()).length === 1 && (await recommended()).length === 0);
    expect((await books()).map(({ book }) => book.id)).toEqual(["dune"]);
  });

  it("search and pages answer while the log is gone, and what was done then counts afterwards", async () => {
    const inner = createMemoryLog();
    let gone = false;
    const log: EventLog & LogHistory = {
      ...inner,
      append: (messages) => gone ? Promise.reject(new Unavailable("gone")) : inner.append(messages),
    };
    await shop({ log });
    gone = true;
    expect((await items(suite.asks.web("/v1/books?q=dune"))).length).toBe(2);
    for (const path of ["/", "/search?q=dune", "/books/dune"]) {
      expect([path, (await suite.asks.web(path, as("patient"))).status]).toEqual([path, 200]);
    }
    await eventually(async () => (await suite.asks.web("/readyz")).status === 503);
    expect(await queries()).toEqual([]);
    gone = false;
    await eventually(async () => (await queries())[0]?.count === 2);
    await eventually(async () => (await suite.asks.web("/readyz")).status === 200);
    expect((await books()).find(({ book }) => book.id === "dune")?.count).toBe(1);
  });

  it("neither a query nor a book is listed before the wanted number of readers stand behind it", async () => {
    await shop({ leastReaders: 3 });
    const acts = (reader: string, hour: number) => {
      const time = new Date(Date.now() - hour * 3_600_000).toISOString();
      return [{ type: "searched", reader, query: "private", time }, { type: "viewed", reader, book: "dune", time }];
    };
    const lone = Array.from({ length: 5 }, (_, hour) => acts("lone", hour)).flat();
    const found = { ...MESSIAH, id: "private", title: "Private" };
    expect((await suite.asks.web("/v1/books", sending("POST", found))).status).toBe(201);
    await record(...lone, ...acts("second", 0));
    const tally = async () =>
      (await suite.stores.trend.at(1).view.tally("book", ["dune"], 0, Date.now() + 1)).get("dune");
    await eventually(async () => (await tally())?.count === 6);
    expect([await queries(), await books()]).toEqual([[], []]);
    await record(...acts("third", 0));
    await eventually(async () => (await queries()).length === 1 && (await books()).length === 2);
  });

  it("a trending query with & # + % leads to the same search again", async () => {
    await shop();
    const query = 'dune & sons #1 + 100% "x"';
    await record({ type: "searched", reader: "r", query: "dune" });
    const plain = sending("POST", { id: "odd", title: query });
    expect((await suite.asks.web("/v1/books", plain)).status).toBe(201);
    await suite.asks.web(`/search?q=${encodeURIComponent(query)}`, as("odd"));
    await eventually(async () => (await queries()).some((trend) => trend.query === query));
    // The page does without a list that comes too late.
    const asked = await eventually(async () => {
      const page = await (await suite.asks.web("/trends", as("odd"))).text();
      const links = [...page.matchAll(/href="(\/search\?q=[^"]+)"/g)].map(([, link]) => link!.replaceAll("&amp;", "&"));
      return links.length > 0 && links.map((link) => new URL(link, "http://suite.test").searchParams.get("q"));
    });
    expect(asked).toContain(query);
  });

  it("fields that nobody knows are neither stored nor sent back", async () => {
    await shop();
    const odd = sending("POST", { id: "odd", title: "Odd", created_at: "1970-01-01", admin: true });
    const made = await (await suite.asks.web("/v1/books", odd)).json();
    const stored = { id: "odd", title: "Odd", authors: [], subjects: [], popularity: 0, version: 1 };
    const wanted = { ...stored, work: workOf(stored) };
    expect([made, await (await suite.asks.web("/v1/books/odd")).json()]).toEqual([wanted, wanted]);
  });
});
