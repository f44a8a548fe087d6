import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

describe("what readers do", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  before(async () => {
    suite = await memorySuite();
    for (const id of ["a", "b", "c"]) {
      await suite.asks.web("/v1/books", sending("POST", { id, title: "Same", authors: [] }));
    }
  });
  after(() => suite.stop());
  const order = async (query: string) =>
    (await (await suite.asks.web(`/v1/books?${query}`)).json()).items.map(({ id }: { id: string }) => id);
  const acts = (...list: object[]) => suite.asks.web("/v1/events", sending("POST", list));

  it("makes a book more popular that is kept or rated well, for a reader once; views do not", async () => {
    expect(await order("sort=popularity")).toEqual(["a", "b", "c"]);
    await suite.asks.web("/books/b", { headers: { cookie: readerCookie("r1"), accept: "text/html" } });
    await suite.asks.web("/books/b", { headers: { cookie: readerCookie("r1"), accept: "text/html" } });
    await acts({ type: "shelved", reader: "r2", book: "c", shelf: "want" });
    await eventually(async () => (await order("sort=popularity")).join() === "c,a,b");
    expect(await order("q=same")).toEqual(["c", "a", "b"]);
    const said = [{ type: "shelved", reader: "r2", book: "c", shelf: "read" }, {
      type: "rated",
      reader: "r2",
      book: "c",
      rating: 5,
    }];
    await acts(...said, ...["r3", "r4"].map((reader) => ({ type: "rated", reader, book: "b", rating: 4 })));
    // 10 for b: two readers who rate it well; 5 for c: one reader, whatever she says.
    await eventually(async () => (await order("sort=popularity")).join() === "b,c,a");
    await acts({ type: "dismissed", reader: "r2", book: "c" });
    await eventually(async () => (await order("sort=popularity")).join() === "b,a,c");
    expect((await (await suite.asks.web("/v1/books/c")).json()).version).toBe(1);
  });
});
