import { gunzipSync } from "node:zlib";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { takesGzip } from "@/adapters/http/base/content/zipped.ts";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { shownSuite } from "@/tests/support/pages/shown_shop.ts";

describe("compression", () => {
  let suite: Awaited<ReturnType<typeof shownSuite>>;
  before(async () => {
    suite = await shownSuite("viewer");
  });
  after(() => suite.stop());
  const get = async (path: string, encoding?: string, method = "GET") => {
    const response = await suite.asks.web(path, {
      method,
      headers: {
        cookie: readerCookie("viewer"),
        accept: "text/html",
        // Nothing that is read here is counted, as it would change the pages.
        "sec-gpc": "1",
        ...(encoding === undefined ? {} : { "accept-encoding": encoding }),
      },
    });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  it("is chosen by Accept-Encoding, with its weights", () => {
    const taken = ["gzip", "br, GZIP;q=0.5", "*", "deflate, *;q=0.1"];
    const refused = [undefined, "", "br", "gzip;q=0", "*;q=0", "gzip;q=0.0, *"];
    expect(taken.filter((header) => !takesGzip(header))).toEqual([]);
    expect(refused.filter((header) => takesGzip(header))).toEqual([]);
  });

  it("makes pages, style and feeds smaller, and says so to caches", async () => {
    const style = /href="(\/assets\/style[^"]+)"/.exec(new TextDecoder().decode((await get("/")).bytes))![1]!;
    for (const path of ["/search?q=sea", "/trends", "/my-books", style, "/feeds/new.atom"]) {
      const plain = await get(path);
      const zipped = await get(path, "gzip");
      expect([path, plain.response.headers.get("content-encoding")]).toEqual([path, null]);
      expect([path, zipped.response.headers.get("content-encoding")]).toEqual([path, "gzip"]);
      for (const { response } of [plain, zipped]) expect(response.headers.get("vary")).toMatch(/accept-encoding/i);
      expect([path, zipped.bytes.length < plain.bytes.length / 2]).toEqual([path, true]);
      expect(new TextDecoder().decode(gunzipSync(zipped.bytes)).length).toBe(
        new TextDecoder().decode(plain.bytes).length,
      );
    }
  });

  it("says with HEAD the length that GET has, and an ETag of what was sent", async () => {
    for (const encoding of [undefined, "gzip"]) {
      const { response, bytes } = await get("/feeds/new.atom", encoding);
      const head = await get("/feeds/new.atom", encoding, "HEAD");
      expect(head.response.headers.get("content-length")).toBe(String(bytes.length));
      expect(head.response.headers.get("etag")).toBe(response.headers.get("etag"));
    }
    const tags = [await get("/feeds/new.atom"), await get("/feeds/new.atom", "gzip")].map(({ response }) =>
      response.headers.get("etag")
    );
    expect(new Set(tags).size).toBe(2);
  });
});
