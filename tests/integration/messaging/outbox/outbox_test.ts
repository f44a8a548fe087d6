import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";

describe("a processor", () => {
  it("leaves a book's event in the outbox exactly when the book is in the catalogue", async () => {
    const store = createMemoryWebStore();
    const failing = {
      ...store,
      uow: {
        run: <Value>(work: Parameters<typeof store.uow.run<Value>>[0]) =>
          store.uow.run<Value>((stores) =>
            work({ ...stores, outbox: { ...stores.outbox, add: () => Promise.reject(new Error("full")) } })
          ),
      },
    };
    const command = { id: "c", source: "/t", type: CATALOG.addBook, data: { id: "b1", title: "T" } };
    await expect(catalogProcessor({ uow: failing.uow, clock, ids }).handle([command])).rejects.toThrow("full");
    expect([await store.shelf.get("b1"), await store.outbox.size()]).toEqual([undefined, 0]);
    await catalogProcessor({ uow: store.uow, clock, ids }).handle([command]);
    expect([(await store.shelf.get("b1"))?.id, await store.outbox.size()]).toEqual(["b1", 1]);
  });
});
