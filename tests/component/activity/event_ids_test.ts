import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { webShop, written } from "@/tests/support/suites/web_shop.ts";

describe("an event's id", () => {
  const first = { type: "viewed", reader: "r1", book: "dune", id: "i1" };
  const CASES: [says: string, before: object, after: object][] = [
    ["book", first, { ...first, book: "emma" }],
    ["reader", first, { ...first, reader: "r2" }],
    ["kind of act", first, { ...first, type: "dismissed" }],
    ["anonymous reader", first, { ...first, reader: undefined }],
    ["shelf", { ...first, type: "shelved", shelf: "want" }, { ...first, type: "shelved", shelf: "read" }],
    ["rating", { ...first, type: "rated", rating: 4 }, { ...first, type: "rated", rating: 5 }],
    ["query", { ...first, type: "searched", query: "Dune" }, { ...first, type: "searched", query: "Emma" }],
    ["typing of a query", { ...first, type: "searched", query: "Dune" }, { ...first, type: "searched", query: "dune" }],
    ["time", { ...first, time: "2026-01-01T10:00:00Z" }, { ...first, time: "2026-01-01T10:00:01Z" }],
    ["time where there was none", first, { ...first, time: "2026-01-01T10:00:00Z" }],
  ];
  async function shop() {
    const made = webShop();
    for (const id of ["dune", "emma"]) await made.add({ id, title: id }, {});
    const send = async (events: unknown[]) => await (await made.ask("/v1/events", sending("POST", events))).json();
    const acts = async () => (await written(made.store)).length - 2;
    return { ...made, send, acts };
  }
  const reused = (index: number) => expect.objectContaining({ index, type: "/problems/id-reused" });

  for (const [says, before, after] of CASES) {
    it(`with another ${says} is said, in a later batch and in the same one; the same act is accepted again`, async () => {
      const { send, acts } = await shop();
      expect(await send([before])).toEqual({ accepted: 1, rejected: [] });
      expect(await send([before, after])).toEqual({ accepted: 1, rejected: [reused(1)] });
      const [one, other] = [{ ...before, id: "i2" }, { ...after, id: "i2" }];
      expect(await send([one, other, one])).toEqual({ accepted: 2, rejected: [reused(1)] });
      expect(await acts()).toBe(2);
    });
  }

  it("of an act that was refused is free", async () => {
    const { send, acts } = await shop();
    const other = { ...first, id: "free" };
    expect((await send([{ ...other, book: "none" }, other])).accepted).toBe(1);
    expect(await acts()).toBe(1);
  });

  it("a search without an id is the same within its hour, however it is typed", async () => {
    const { send, acts } = await shop();
    const search = { type: "searched", reader: "r1", time: "2026-01-01T10:00:00Z" };
    const again = { ...search, query: "DUNE", time: "2026-01-01T10:59:00Z" };
    expect((await send([{ ...search, query: "Dune" }, again])).accepted).toBe(2);
    expect(await acts()).toBe(1);
  });
});
