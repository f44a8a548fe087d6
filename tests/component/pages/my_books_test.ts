import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, sending } from "@/tests/support/suites/memory_suite.ts";
import { shownSuite } from "@/tests/support/pages/shown_shop.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";

describe("a reader who is erased over HTTP", () => {
  it("is not shown the list again that was made for them", async () => {
    const lists: RecommendationItem[][] = [[{
      book: { id: "b", title: "Only Theirs", authors: [] },
      score: 1,
      reason: { kind: "popular", text: "" },
    }]];
    const down = () => Promise.reject(new Error("not here"));
    const forReader = async () => lists.pop() ?? await down();
    const ask = webApi(createMemoryWebStore(), handClock(), { recommendations: { forReader, similarTo: down } });
    const home = async () =>
      await (await ask("/", { headers: { cookie: readerCookie("gone"), accept: "text/html" } })).text();
    const shows = async () => (await home()).includes("Only Theirs");
    expect([await shows(), await shows()]).toEqual([true, true]);
    expect((await ask("/v1/readers/gone", { method: "DELETE", ...AS_ADMIN })).status).toBe(204);
    expect(await shows()).toBe(false);
  });
});

describe("a reader's own pages", () => {
  let suite: Awaited<ReturnType<typeof shownSuite>>;
  before(async () => {
    suite = await shownSuite("viewer");
  });
  after(() => suite.stop());

  const get = async (path: string, reader: string, headers: Record<string, string> = {}) =>
    await suite.asks.web(path, { headers: { cookie: readerCookie(reader), accept: "text/html", ...headers } });
  const html = async (path: string, reader: string, headers?: Record<string, string>) =>
    await (await get(path, reader, headers)).text();
  const post = async (path: string, fields: Record<string, string>, reader: string, headers = {}) =>
    await suite.asks.web(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { cookie: readerCookie(reader), origin: "http://suite.test", ...headers },
    });
  const press = (book: string, act: string, reader: string, headers = {}) =>
    post(`/books/${book}/acts`, { act }, reader, headers);
  const listOf = async (reader: string) =>
    (await (await suite.asks.web(`/v1/readers/${reader}`, AS_ADMIN)).json()).items;
  const recommendedFrom = async (reader: string) =>
    await (await suite.asks.recommendation(`/v1/readers/${reader}`, AS_ADMIN)).json();
  /** What happens from now on has a later time. */
  const clockPasses = () => new Promise((resolve) => setTimeout(resolve, 5));
  const trendOf = async (book: string) => {
    const { items } = await (await suite.asks.trend("/v1/trends/books?limit=100")).json();
    return items.find((item: { book: { id: string } }) => item.book.id === book);
  };

  it("keep books on shelves, one shelf a page of its own, and stars beside each", async () => {
    await press("sea-0", "want", "sorter");
    await press("sea-1", "read", "sorter");
    await press("sea-1", "rated-4", "sorter");
    await press("sea-2", "dismissed", "sorter");
    const all = await html("/my-books", "sorter");
    const shelves = [...all.matchAll(/<h2 id="([a-z]+)">[^<]*<small>([^<]+)</g)].map(([, ...found]) => found.join(" "));
    expect(shelves).toEqual(["want 1 book", "read 1 book", "dismissed 1 book"]);
    expect(all).toMatch(/data-on="rated-4" aria-pressed="true"/);
    const read = await html("/my-books?shelf=read", "sorter");
    expect([...read.matchAll(/<li id="book-([^"]+)"/g)].map(([, id]) => id)).toEqual(["sea-1"]);
  });

  it("take back what was pressed, and leave the rest as it was", async () => {
    await press("sea-3", "read", "undoer");
    await press("sea-3", "rated-5", "undoer");
    expect(await html("/books/sea-3", "undoer")).toMatch(/value="unshelved" data-on="read" aria-pressed="true"/);
    await press("sea-3", "unshelved", "undoer");
    expect(await listOf("undoer")).toMatchObject([{ book: "sea-3", rating: 5, dismissed: false }]);
    expect((await listOf("undoer"))[0].shelf).toBeUndefined();
    await press("sea-3", "want", "undoer");
    await press("sea-3", "unrated", "undoer");
    const [row] = await listOf("undoer");
    expect([row.shelf, row.rating]).toEqual(["want", undefined]);
    await press("sea-3", "cleared", "undoer");
    expect(await listOf("undoer")).toEqual([]);
    expect(await html("/my-books", "undoer")).toContain("Browse the catalogue");
  });

  it("say again nothing of what stays when a part is taken back, so that it is no new act", async () => {
    const timesOf = async () => {
      const { acts } = await recommendedFrom("keeper");
      return Object.fromEntries(acts.map(({ book, kind, time }: Record<string, string>) => [`${book} ${kind}`, time]));
    };
    for (const act of ["read", "rated-5"]) for (const book of ["sea-6", "sea-7"]) await press(book, act, "keeper");
    await eventually(async () => Object.keys(await timesOf()).length === 4);
    const before = await timesOf();
    await clockPasses();
    await press("sea-6", "unshelved", "keeper");
    await press("sea-7", "unrated", "keeper");
    await eventually(async () => Object.keys(await timesOf()).length === 6);
    expect(await timesOf()).toMatchObject(before);
    expect(Object.keys(await timesOf())).toEqual(expect.arrayContaining(["sea-6 unshelved", "sea-7 unrated"]));
  });

  it("let recommendations forget what was taken back", async () => {
    await press("lamp-1", "rated-5", "changer");
    const reasons = async () => (await html("/", "changer")).includes("Because you rated A Lamp for the Harbour");
    await eventually(reasons);
    await press("lamp-1", "unrated", "changer");
    await eventually(async () => !(await reasons()));
    expect(await listOf("changer")).toEqual([]);
  });

  it("show all that is kept, also as a file, and erase it", async () => {
    await press("sea-4", "want", "owner");
    await get("/books/sea-5", "owner");
    await get("/search?q=quiet+harbours", "owner");
    await eventually(async () => (await recommendedFrom("owner")).searches.length === 1);
    const page = await html("/my-books/kept", "owner");
    for (const shown of ["Charts of the Last Sea", "quiet harbours", "owner"]) expect(page).toContain(shown);
    expect(page).toMatch(/<time [^>]+>\d{4}-\d\d-\d\d \d\d:\d\d UTC<\/time>/);
    const file = await get("/my-books/kept.json", "owner");
    expect(file.headers.get("content-disposition")).toMatch(/^attachment/);
    const { reader, said, recommendations } = await file.json();
    expect([reader, said[0].book, said[0].shelf]).toEqual(["owner", "sea-4", "want"]);
    expect(recommendations.acts.map(({ book, kind }: Record<string, string>) => `${book} ${kind}`).sort()).toEqual([
      "sea-4 want",
      "sea-5 viewed",
    ]);
    await post("/my-books/erasure", {}, "owner");
    expect((await listOf("owner")).length).toBe(1);
    const erased = await post("/my-books/erasure", { sure: "yes" }, "owner");
    expect(erased.headers.get("set-cookie")).toMatch(/^reader=;/);
    expect(await listOf("owner")).toEqual([]);
    await eventually(async () => (await recommendedFrom("owner")).acts.length === 0);
    expect((await suite.asks.web("/my-books/kept.json")).status).toBe(404);
  });

  it("leave a reader who is not to be counted out of trends, recommendations and popularity; shelves work", async () => {
    for (const [reader, headers] of [["gpc", { "sec-gpc": "1" }], ["shy", await uncounted("shy")]] as const) {
      const book = reader === "gpc" ? "sea-20" : "sea-21";
      expect(await html("/my-books/kept", reader, headers)).toMatch(/you are not\.|You are not counted/);
      await get(`/books/${book}`, reader, headers);
      await get("/search?q=a+rare+query", reader, headers);
      await press(book, "read", reader, headers);
      expect(await listOf(reader)).toMatchObject([{ book, shelf: "read" }]);
      // What others do afterwards has come through, and so would what came before.
      await press(book, "want", `seen-after-${reader}`);
      await eventually(async () => (await recommendedFrom(`seen-after-${reader}`)).acts.length === 1);
      expect(await recommendedFrom(reader)).toEqual({ acts: [], searches: [] });
      await eventually(async () => (await trendOf(book))?.readers === 1);
      expect((await trendOf(book)).count).toBe(1);
    }
  });

  it("let recommendations forget what a reader takes back who is no longer counted", async () => {
    await press("sea-23", "read", "leaver");
    await press("sea-24", "read", "leaver");
    const kindsOf = async () =>
      (await recommendedFrom("leaver")).acts.map(({ book, kind }: Record<string, string>) => `${book} ${kind}`).sort();
    await eventually(async () => (await kindsOf()).length === 2);
    const headers = await uncounted("leaver");
    await press("sea-23", "cleared", "leaver", headers);
    await press("sea-24", "dismissed", "leaver", headers);
    await eventually(async () => (await kindsOf()).length === 4);
    expect(await kindsOf()).toEqual(["sea-23 cleared", "sea-23 read", "sea-24 dismissed", "sea-24 read"]);
  });

  it("show the titles of what is kept, also of a long list's other parts", async () => {
    await get("/books/lamp-1", "collector");
    await eventually(async () => (await recommendedFrom("collector")).acts.length === 1);
    const books = Array.from({ length: 81 }, (_, at) => ({ id: `much-${at}`, title: `Much ${at}` }));
    for (const book of books) await suite.asks.web("/v1/books", sending("POST", book));
    await suite.asks.web(
      "/v1/events",
      sending("POST", books.map(({ id }) => ({ type: "shelved", reader: "collector", book: id, shelf: "want" }))),
    );
    // The view is among the acts that are shown once more.
    const time = new Date(Date.now() + 1_000).toISOString();
    await suite.asks.web(
      "/v1/events",
      sending("POST", { type: "viewed", reader: "collector", book: "lamp-1", time }),
    );
    await eventually(async () => {
      const { acts } = await recommendedFrom("collector");
      return acts.length === books.length + 1 && acts[0].book === "lamp-1";
    });
    const page = await html("/my-books/kept", "collector");
    const shown = [...page.matchAll(/<a href="\/books\/([^"]+)"[^>]*>([^<]+)</g)].map(([, id, text]) => [id, text]);
    expect(shown.length).toBe(80);
    expect(shown.filter(([id, text]) => id === text)).toEqual([]);
  });

  it("count a reader again who wants to be", async () => {
    const shy = await uncounted("back");
    const answer = await post("/my-books/counting", { counts: "yes" }, "back", shy);
    expect(answer.headers.get("set-cookie")).toMatch(/^uncounted=;.*Max-Age=0/);
    await press("sea-22", "want", "back");
    await eventually(async () => (await recommendedFrom("back")).acts.length === 1);
  });

  async function uncounted(reader: string): Promise<Record<string, string>> {
    const answer = await post("/my-books/counting", { counts: "no" }, reader);
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    return { cookie: `${readerCookie(reader)}; ${cookie}` };
  }
});
