import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { WebStore } from "@/application/storefront/ports.ts";
import { HOUR } from "@/domain/hours.ts";
import { book, message } from "@/tests/support/samples.ts";
import { letter, letterRules } from "./dead_letter_rules.ts";
import { positionKey as key, positionRules } from "./position_rules.ts";
import { relayRules } from "./relay_rules.ts";
import { requestKeyRules } from "./request_key_rules.ts";

/** A store, and another handle on it as a second process would have (the same one where it cannot be shared). */
export type StoreUnderTest<Store> = { store: Store; other: Store; close(): Promise<void> };

let number = 0;

/** What every service's store promises to the pipeline: transactions, positions, outbox, inbox, dead letters, leases, wakes. */
export function messagingContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`stores of the pipeline: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());

    it("a transaction that rejects leaves no trace in any store", async () => {
      const at = key();
      await made.store.uow.run(({ positions }) => positions.claim(at, "me"));
      const failing = made.store.uow.run(async (stores) => {
        await stores.positions.move([{ key: at, next: "7" }]);
        await stores.outbox.add([message("t", "k", "v")]);
        await stores.inbox.addNew("c", ["rolled-back"]);
        await stores.books.save(book("rolled-back", { title: "Quetzal" }));
        await stores.actIds.note("rolled-back", "f", 1);
        await stores.readerBooks.put({ reader: "r", book: "rolled-back", dismissed: true, time: 1 });
        await stores.deadLetters.park(letter(at.consumer));
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await made.store.uow.run(({ positions }) => positions.lock([at]))).toEqual([{
        next: undefined,
        epoch: 1,
      }]);
      expect(await made.store.outbox.size()).toBe(0);
      expect(await made.store.shelf.get("rolled-back")).toBeUndefined();
      expect(await made.store.search.candidates({ groups: [["quetzal"]], facets: [], most: 5 }))
        .toEqual([]);
      expect(await made.store.readerList.of("r", 10)).toEqual([]);
      const left = await made.store.uow.run(async ({ inbox, actIds }) => [
        (await inbox.addNew("c", ["rolled-back"])).size,
        await actIds.note("rolled-back", "other", 1),
      ]);
      expect([...left, await made.store.deadLetters.count()]).toEqual([1, "new", 0]);
    });

    it("what a transaction writes is seen by nobody else before it is stored", async () => {
      const seen = async () => [await made.store.outbox.size(), (await made.store.shelf.get("open"))?.id];
      let meanwhile: unknown;
      const failing = made.store.uow.run(async (stores) => {
        await stores.outbox.add([message("t", "k", "v")]);
        await stores.books.save(book("open"));
        meanwhile = await seen();
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(meanwhile).toEqual([0, undefined]);
      expect(await seen()).toEqual([0, undefined]);
    });

    it("the inbox knows an id again, for its consumer", async () => {
      const added = await made.store.uow.run(async ({ inbox }) => [
        await inbox.addNew("one", ["id", "other"]),
        await inbox.addNew("one", ["id", "third", "third"]),
        await inbox.addNew("two", ["id"]),
      ]);
      expect(added.map((unseen) => [...unseen])).toEqual([["id", "other"], ["third"], ["id"]]);
    });

    it("the inbox forgets ids by the time that they were noted, the number asked for at most", async () => {
      const own = `purge${++number}`;
      const purge = (before: number, most: number) => made.other.uow.run(({ inbox }) => inbox.purge(before, most));
      await made.store.uow.run(({ inbox }) => inbox.addNew(own, ["1", "2", "3"]));
      expect(await purge(Date.now() - 60_000, 100)).toBe(0);
      expect(await made.store.uow.run(({ inbox }) => inbox.addNew(own, ["1", "2", "3", "4"]))).toEqual(new Set(["4"]));
      expect(await purge(Date.now() + 60_000, 1)).toBe(1);
      while (await purge(Date.now() + 60_000, 100) > 0);
      expect((await made.store.uow.run(({ inbox }) => inbox.addNew(own, ["1", "2", "3", "4"]))).size).toBe(4);
    });

    it("size() says how many bytes the rows take, about", async () => {
      expect(await made.store.size()).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(await made.other.size())).toBe(true);
    });

    it("a change wakes who waits, from every handle; a look wakes nobody", async () => {
      const changes = made.store.changes();
      await changes.wait(1);
      const write = (store: WebStore) => store.uow.run(({ inbox }) => inbox.addNew("wake", [String(++number)]));
      await write(made.other);
      // Only the change can end the wait in time.
      const late = AbortSignal.timeout(60_000);
      await changes.wait(HOUR, late);
      expect(late.aborted).toBe(false);
      await settled(changes);
      await made.store.uow.run(({ positions }) => positions.logs("nobody"));
      let woken = false;
      const waiting = changes.wait(150).then(() => performance.now());
      const looked = performance.now();
      woken = await waiting - looked < 140;
      expect(woken).toBe(false);
    });

    it("ping() resolves while the store answers", async () => {
      await made.store.ping();
    });

    positionRules(() => made);
    relayRules(() => made);
    requestKeyRules(() => made);
    letterRules(() => made);
  });
}

/** Waits until no late notice of an earlier change is on its way. */
async function settled(changes: { wait(atMost: number): Promise<void> }): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const started = performance.now();
    await changes.wait(60);
    quiet = performance.now() - started >= 55 ? quiet + 1 : 0;
  }
}
