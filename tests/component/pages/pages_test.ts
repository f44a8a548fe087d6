import { gzipSync } from "node:zlib";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { placeText } from "@/adapters/http/pages/facts.ts";
import { ownPath } from "@/adapters/http/pages/links.ts";
import { trendText } from "@/adapters/http/pages/panels.tsx";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";
import { shownSuite } from "@/tests/support/pages/shown_shop.ts";

const PATHS = [
  "/",
  "/search",
  "/search?q=sea",
  "/search?q=lighthouse+zebra",
  "/search?q=xyzzyplugh",
  "/search?subject=the+sea&sort=title",
  "/books/lamp-1",
  "/books/long",
  "/books/bare",
  "/trends",
  "/my-books",
  "/my-books?shelf=want",
  "/my-books/kept",
];
const zipped = (text: string): number => gzipSync(text).byteLength;

describe("the pages", () => {
  let suite: Awaited<ReturnType<typeof shownSuite>>;
  const get = async (path: string, reader = "viewer") =>
    await suite.asks.web(path, { headers: { cookie: readerCookie(reader), accept: "text/html" } });
  const html = async (path: string, reader?: string) => await (await get(path, reader)).text();
  const press = async (book: string, fields: Record<string, string>, reader = "presser") =>
    await suite.asks.web(`/books/${book}/acts`, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { cookie: readerCookie(reader), origin: "http://suite.test" },
    });
  /** What the pressed buttons of some markup stand for. */
  const pressedOf = (markup: string) =>
    [...markup.matchAll(/data-on="([^"]+)" aria-pressed="true"/g)].map(([, act]) => act);
  /** The markup of one book in a list. */
  const rowOf = (page: string, book: string) =>
    new RegExp(`<li id="book-${book}">[\\s\\S]*?</li>`).exec(page)?.[0] ?? "";

  before(async () => {
    suite = await shownSuite("viewer");
  });
  after(() => suite.stop());

  it("are small: HTML in 20 kB, style in 12 kB, script in 15 kB, each as gzip sends it", async () => {
    for (const path of PATHS) {
      const page = await html(path);
      expect([path, zipped(page) < 20_000]).toEqual([path, true]);
      const [, style = ""] = /href="(\/assets\/style[^"]+)"/.exec(page) ?? [];
      const [, script = ""] = /src="(\/assets\/page[^"]+)"/.exec(page) ?? [];
      expect(zipped(await html(style))).toBeLessThan(12_000);
      expect(zipped(await html(script))).toBeLessThan(15_000);
    }
  });

  it("name their files by content, so that browsers keep them for good", async () => {
    const page = await html("/");
    const files = [...page.matchAll(/"(\/assets\/[a-z]+\.[\w-]{10}\.(?:css|js))"/g)].map(([, file]) => file!);
    expect(files.length).toBe(2);
    for (const file of files) {
      const response = await get(file);
      expect([response.status, response.headers.get("cache-control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(response.headers.get("content-type")).toMatch(/^text\/(css|javascript); charset=utf-8$/);
    }
  });

  it("show nothing of how they are made, and never count nothing", async () => {
    for (const path of PATHS) {
      const page = await html(path);
      expect([path, page.match(/<li[^>]* key=|undefined|\[object|NaN|>null</)]).toEqual([path, null]);
      expect([path, page.match(/\b0 (acts?|readers?|searches|books?)\b/)]).toEqual([path, null]);
    }
  });

  it("say of a trend what readers did, and nothing where nobody did anything lately", () => {
    expect(trendText({ count: 0, readers: 1, searches: 1 })).toBe("1 reader searched for it in 24 hours");
    expect(trendText({ count: 3, readers: 2, searches: 0 })).toBe("2 readers looked at it in 24 hours");
    expect(trendText({ count: 3, readers: 2, searches: 1 })).toBe(
      "2 readers looked at it or searched for it in 24 hours",
    );
    expect(trendText({ count: 0, readers: 0, searches: 0 })).toBeUndefined();
  });

  it("offer Want to read beside every result, and say what the reader has said", async () => {
    const before = await html("/search?q=sea", "presser");
    expect(
      before.match(/formaction="\/books\/sea-\d+\/acts" name="act" value="want" data-on="want" aria-pressed="false"/g)
        ?.length,
    )
      .toBe(20);
    const response = await press("sea-0", { act: "want", back: "/search?q=sea" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/search?q=sea#book-sea-0"]);
    expect(pressedOf(rowOf(await html("/search?q=sea", "presser"), "sea-0"))).toEqual(["want"]);
    await press("sea-0", { act: "read" });
    expect(pressedOf(rowOf(await html("/search?q=sea", "presser"), "sea-0"))).toEqual(["read"]);
    expect(rowOf(await html("/my-books", "presser"), "sea-0")).toContain("Tides of the North Sea");
  });

  it("lead back to a path of this site only", async () => {
    expect(ownPath("/search?q=a&sort=title")).toBe("/search?q=a&sort=title");
    const foreign = [
      "//evil.test",
      "/\\evil.test",
      "https://evil.test/",
      "javascript:alert(1)",
      "/.//evil.test",
      "\t//evil.test",
      undefined,
      7,
    ];
    expect(foreign.map(ownPath).filter((path) => path !== undefined)).toEqual([]);
    const response = await press("sea-1", { act: "want", back: "//evil.test/" });
    expect(response.headers.get("location")).toBe("/books/sea-1");
  });

  it("keep what is asked for in every link: filters come off one by one, the order and the next page keep them", async () => {
    const page = (await html("/search?q=sea&subject=history&language=sv&sort=newest")).replaceAll("&amp;", "&");
    expect(page).toContain('href="/search?q=sea&language=sv&sort=newest"');
    expect(page).toContain('href="/search?q=sea&subject=history&sort=newest"');
    expect(page).toContain('href="/search?q=sea&sort=newest"');
    expect(page).toContain('href="/search?q=sea&subject=history&language=sv&sort=title"');
    const years = [...page.matchAll(/class="note">(\d{4}) · Swedish/g)].map(([, year]) => Number(year));
    expect(years.length).toBeGreaterThan(3);
    expect(years).toEqual(years.toSorted((a, b) => b - a));
  });

  it("offer filters with the number of books that each leaves, and the one that is set to come off", async () => {
    const page = (await html("/search?q=sea")).replaceAll("&amp;", "&");
    const counted = /<a href="\/search\?q=sea&subject=history"[^>]*><bdi>history<\/bdi> <span class="note">(\d+)</.exec(
      page,
    );
    const left = await html("/search?q=sea&subject=history");
    expect(counted?.[1]).toBe(/role="status">(\d+) books/.exec(left)?.[1]);
    expect(page).toMatch(/<a href="\/search\?q=sea&decade=1960"[^>]*><bdi>1960s<\/bdi>/);
    expect(page).toMatch(/<a href="\/search\?q=sea&language=sv"[^>]*><bdi>Swedish<\/bdi>/);
    expect(left).toMatch(/<a href="\/search\?q=sea" aria-current="true"><bdi>history<\/bdi> <span class="note">×</);
  });

  it("turn pages with the reader's filters and lead back to the first", async () => {
    const first = (await html("/search?subject=the+sea&sort=oldest")).replaceAll("&amp;", "&");
    const [, next = ""] = /rel="next" href="([^"]+)"/.exec(first) ?? [];
    expect(next).toMatch(/^\/search\?subject=the\+sea&sort=oldest&cursor=/);
    const second = (await html(next)).replaceAll("&amp;", "&");
    expect(second).toContain('<a href="/search?subject=the+sea&sort=oldest">First page</a>');
    const ids = (page: string) => [...page.matchAll(/<li id="book-([^"]+)"/g)].map(([, id]) => id);
    expect([ids(first).length, ids(second).length, new Set([...ids(first), ...ids(second)]).size]).toEqual([
      20,
      11,
      31,
    ]);
  });

  it("leave out a filter or an order that means nothing", async () => {
    const page = await get("/search?q=sea&decade=soon&sort=colour");
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain("soon");
  });

  it("say in a sentence what is not there", async () => {
    expect(await html("/books/none")).toContain("There is no such book.<");
    expect(await html("/trends/none")).toContain("There is nothing at /trends/none.<");
    const broken = await get("/search?q=sea&cursor=zz");
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain("The address of this page is broken or too old.<");
  });

  it("name a language of a country alike in rows, in filters and in the filter that is set", async () => {
    const add = (id: string, language: string) =>
      suite.asks.web("/v1/books", sending("POST", { id, title: `Quay ${id}`, authors: ["Ann Olin"], language }));
    await add("quay-1", "en-US");
    await add("quay-2", "sv");
    const menu = await html("/search?q=quay");
    expect(menu).toMatch(/href="\/search\?q=quay&amp;language=en-us"[^>]*>\s*<bdi>American English</);
    for (const language of ["en-us", "en+us"]) {
      const set = await html(`/search?q=quay&language=${language}`);
      expect(set).toContain("<bdi>American English</bdi>");
      expect(set).toContain('id="book-quay-1"');
      expect(set).not.toContain('id="book-quay-2"');
    }
  });

  it("help where nothing is found, and say where not all words are", async () => {
    const nothing = await html("/search?q=xyzzyplugh&language=sv");
    expect(nothing).toContain("Nothing found");
    expect(nothing).toContain('<a href="/search?q=xyzzyplugh">without the filters</a>');
    expect(nothing).toContain("No book here has these words and fits the filters.");
    expect(await html("/search?q=xyzzyplugh")).toContain("No book here has these words. What may help:");
    const filtered = await html("/search?author=nobody+at+all");
    expect(filtered).toContain("No book here fits all of these filters. What may help:");
    expect(filtered).not.toMatch(/these words|fewer words/);
    expect(nothing).toContain('id="popular"');
    expect(await html("/search?q=lighthouse+zebra")).toContain("No book has all of these words");
    expect(await html("/search?q=harbuor")).toMatch(/Did you mean <a href="\/search\?q=harbour/);
  });

  it("fold editions in results and list the others on a book's page", async () => {
    const edition = (id: string, title: string) =>
      suite.asks.web("/v1/books", sending("POST", { id, title, authors: ["Ann Olin"] }));
    await edition("pier", "Old Pier");
    await edition("pier-2", "Old Pier (Piers, #4)");
    const found = await html("/search?q=old+pier");
    expect(found.match(/<li id="book-pier/g)?.length).toBe(1);
    expect(found).toMatch(/href="\/books\/pier(-2)?#editions">2 editions</);
    expect(found).toContain('<p role="status">1 book</p>');
    const page = await html("/books/pier");
    expect(/<section aria-labelledby="editions">[\s\S]*?<\/section>/.exec(page)?.[0]).toContain('id="book-pier-2"');
    expect(await html("/books/bare")).not.toContain('id="editions"');
  });

  it("show a book's series in its order, as told and as written in brackets, and its facts", async () => {
    const page = await html("/books/lamp-3");
    const strip = /<section aria-labelledby="series">[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";
    expect([...strip.matchAll(/<li id="book-([^"]+)"/g)].map(([, id]) => id)).toEqual([
      "lamp-1",
      "lamp-2",
      "lamp-3",
      "lamp-4",
      "lamp-5",
    ]);
    expect(strip).toContain(">Last Light</a>");
    expect(page).toContain("Book 3 of <a");
    expect(await html("/books/bare")).not.toContain('id="series"');
    const first = await html("/books/lamp-1");
    for (const fact of ["1998", "English", "Une lampe pour le port", "Jonas Wirth", "978-0306406157"]) {
      expect(first).toContain(fact);
    }
  });
});

describe("placeText()", () => {
  it("says book of one, and books of a collection", () => {
    const texts = ["3", "1.5", "1-3", "1–3", "1, 2"].map((number) => placeText(number));
    expect(texts).toEqual(["book 3", "book 1.5", "books 1-3", "books 1–3", "books 1, 2"]);
    expect(placeText("1-3", "Book")).toBe("Books 1-3");
  });
});

describe("the pages of an empty catalogue", () => {
  it("say that it is empty, and announce no list that is not there", async () => {
    const suite = await memorySuite();
    try {
      const html = async (path: string) =>
        await (await suite.asks.web(path, { headers: { accept: "text/html" } })).text();
      for (const path of ["/", "/search", "/search?q=sea"]) {
        const page = await html(path);
        expect([path, page.includes("The catalogue is empty.")]).toEqual([path, true]);
        expect([path, page.match(/:<\/p>|No book here/g)]).toEqual([path, null]);
      }
      // A trend wants several readers, so an empty list does not say that nobody has searched.
      expect(await html("/trends")).toContain("No search trends yet.");
    } finally {
      await suite.stop();
    }
  });
});
