import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import sax from "sax";
import { atomOf } from "@/adapters/http/pages/atom.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { shownSuite } from "@/tests/support/pages/shown_shop.ts";

describe("the feeds", () => {
  let suite: Awaited<ReturnType<typeof shownSuite>>;
  before(async () => {
    suite = await shownSuite("viewer");
  });
  after(() => suite.stop());
  /** Nothing that is read here is counted, as it would change the feeds. */
  const get = (path: string, headers: Record<string, string> = {}) =>
    suite.asks.web(path, { headers: { "sec-gpc": "1", ...headers } });

  for (const path of ["/feeds/trends.atom", "/feeds/new.atom"]) {
    it(`${path} is a feed by RFC 4287: ids, times, authors, and links to itself and its pages`, async () => {
      const response = await get(path);
      expect(response.headers.get("content-type")).toBe("application/atom+xml; charset=utf-8");
      const { feed, entries } = read(await response.text());
      expect(feed.id).toBe(`http://suite.test${path}`);
      expect(feed.links.self).toBe(feed.id);
      expect(Object.keys(feed.links).sort()).toEqual(["alternate", "self"]);
      expect(entries.length).toBeGreaterThan(4);
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      for (const { id, title, updated, links } of [feed, ...entries]) {
        expect(id).toMatch(/^http:\/\/suite\.test\//);
        expect(title.length).toBeGreaterThan(0);
        expect(new Date(updated).toISOString()).toBe(updated);
        expect(Date.parse(updated)).toBeLessThanOrEqual(Date.now());
        expect(URL.canParse(links.alternate ?? "")).toBe(true);
      }
      for (const entry of entries) expect((await get(new URL(entry.links.alternate!).pathname)).status).toBe(200);
    });

    it(`${path} is asked again for nothing while it says the same`, async () => {
      const first = await get(path);
      expect(first.headers.get("cache-control")).toBe("public, max-age=300");
      const again = await get(path, { "if-none-match": first.headers.get("etag")! });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    });
  }

  it("are linked from pages", async () => {
    const page = await (await get("/", { accept: "text/html" })).text();
    expect([...page.matchAll(/<link rel="alternate" type="application\/atom\+xml"[^>]*href="([^"]+)"/g)].length).toBe(
      2,
    );
  });

  it("take any title: signs of XML, quotes, other scripts", async () => {
    const title = `Signs & <b>"more"</b> 灯台 ]]>`;
    await suite.asks.web("/v1/books", sending("POST", { id: "signs", title, authors: ["A & B"], year: 2026 }));
    const { entries } = read(await (await get("/feeds/new.atom")).text());
    expect(entries.find(({ id }) => id.endsWith("/signs"))?.title).toBe(title);
    const entry = { link: "http://a/?b&c", title: "bell\u0007, half \ud800", authors: [], updated: 0 };
    const feed = { self: "http://a/", page: "http://a/", title: "t", updated: 0 };
    expect(read(atomOf({ ...feed, entries: [entry] })).entries[0]?.title).toBe("bell, half ");
  });
});

/** What of the parser is used here; its package has no types. */
type Sax = {
  onerror: (error: Error) => void;
  onopentag: (tag: { name: string; attributes: Record<string, string> }) => void;
  ontext: (text: string) => void;
  onclosetag: (name: string) => void;
  write(text: string): Sax;
  close(): void;
};
type Read = { id: string; title: string; updated: string; links: Record<string, string> };

/** Reads a feed as a strict parser does; what is not well-formed throws. */
function read(xml: string): { feed: Read; entries: Read[] } {
  const parser: Sax = sax.parser(true);
  const all: Read[] = [];
  const open: { name: string; read?: Read }[] = [];
  let text = "";
  parser.onerror = (error) => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => {
    text = "";
    const parent = open.at(-1)?.read;
    if (name === "link" && parent !== undefined) parent.links[attributes.rel ?? ""] = attributes.href ?? "";
    const isThing = name === "feed" || name === "entry";
    const read = isThing ? { id: "", title: "", updated: "", links: {} } : undefined;
    if (read !== undefined) all.push(read);
    open.push({ name, ...(read === undefined ? {} : { read }) });
  };
  parser.ontext = (more) => void (text += more);
  parser.onclosetag = (name) => {
    open.pop();
    const parent = open.at(-1)?.read;
    if (parent !== undefined && (name === "id" || name === "title" || name === "updated")) parent[name] = text;
    text = "";
  };
  parser.write(xml).close();
  const [feed, ...entries] = all;
  return { feed: feed!, entries };
}
