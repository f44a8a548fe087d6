import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

describe("If-Match", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  before(async () => {
    suite = await memorySuite();
  });
  after(() => suite.stop());

  it("a change is made from any of the versions in If-Match", async () => {
    await suite.asks.web("/v1/books", sending("POST", { id: "several", title: "A" }));
    const change = (tags: string) =>
      suite.asks.web("/v1/books/several", sending("PUT", { title: "B" }, { "if-match": tags }));
    expect((await change('"1", "2"')).headers.get("etag")).toBe('"2"');
    expect((await change('"other, tag",W/"7" , "2",')).headers.get("etag")).toBe('"3"');
    const { body: _body, ...removal } = sending("DELETE", {}, { "if-match": '"9","3"' });
    expect((await suite.asks.web("/v1/books/several", removal)).status).toBe(204);
  });
});
