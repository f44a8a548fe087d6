import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { WebStore } from "@/application/stores.ts";
import { keyName } from "@/application/messaging/key_name.ts";
import type { Answer, Letter, LetterFilter, PositionKey, StoredLetter } from "@/application/messaging/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { book, message, text } from "@/tests/support/samples.ts";

/** A store, and another handle on it as a second process would have (the same one where it cannot be shared). */
export type StoreUnderTest<Store> = { store: Store; other: Store; close(): Promise<void> };

let number = 0;
const key = (): PositionKey => ({ consumer: `c${++number}`, version: 1, logId: "log", topic: "t", partition: 0 });

/** What every service's store promises to the pipeline: transactions, positions, outbox, inbox, letters, leases, wakes. */
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
        await stores.positions.move(at, "7");
        await stores.outbox.add([message("t", "k", "v")]);
        await stores.inbox.addNew("c", ["rolled-back"]);
        await stores.books.save(book("rolled-back", { title: "Quetzal" }));
        await stores.actIds.note("rolled-back", "f", 1);
        await stores.readerBooks.put({ reader: "r", book: "rolled-back", dismissed: true, time: 1 });
        await stores.deadLetters.park(letter(at.consumer));
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await made.store.uow.run(({ positions }) => positions.lock(at))).toEqual({ next: undefined, epoch: 1 });
      expect(await made.store.outbox.size()).toBe(0);
      expect(await made.store.shelf.get("rolled-back")).toBeUndefined();
      expect(await made.store.search.candidates({ words: ["quetzal"], titleKey: "quetzal", facets: [], most: 5 }))
        .toEqual([]);
      expect(await made.store.readerList.of("r", 10)).toEqual([]);
      const left = await made.store.uow.run(async ({ inbox, actIds }) => [
        (await inbox.addNew("c", ["rolled-back"])).size,
        await actIds.note("rolled-back", "other", 1),
      ]);
      expect([...left, await made.store.letters.count()]).toEqual([1, "new", 0]);
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

    it("claim() raises the epoch and keeps the position; move() is seen by the next claim", async () => {
      const at = key();
      expect(await made.store.uow.run(({ positions }) => positions.claim(at, "a"))).toEqual({
        next: undefined,
        epoch: 1,
      });
      await made.store.uow.run(({ positions }) => positions.move(at, "41"));
      expect(await made.other.uow.run(({ positions }) => positions.claim(at, "b"))).toEqual({ next: "41", epoch: 2 });
      expect(await made.store.uow.run(({ positions }) => positions.lock(at))).toEqual({ next: "41", epoch: 2 });
    });

    it("positions of another version, log, topic or partition are others", async () => {
      const at = key();
      await made.store.uow.run(async ({ positions }) => {
        await positions.claim(at, "a");
        await positions.move(at, "5");
      });
      for (const other of [{ version: 2 }, { logId: "log2" }, { topic: "u" }, { partition: 1 }]) {
        expect(await made.store.uow.run(({ positions }) => positions.lock({ ...at, ...other }))).toBeUndefined();
      }
      await made.store.uow.run(({ positions }) => positions.claim({ ...at, logId: "log2" }, "a"));
      expect((await made.store.uow.run(({ positions }) => positions.logs(at.consumer))).sort()).toEqual([
        "log",
        "log2",
      ]);
    });

    it("transactions run one after the other, from every handle: none sees half of another", async () => {
      const at = key();
      await made.store.uow.run(async ({ positions }) => {
        await positions.claim(at, "a");
        await positions.move(at, "0");
      });
      const add = (store: WebStore) =>
        store.uow.run(async ({ positions }) => {
          const { next } = (await positions.lock(at))!;
          await positions.move(at, String(Number(next) + 1));
        });
      await Promise.all(Array.from({ length: 100 }, (_, turn) => add(turn % 2 === 0 ? made.store : made.other)));
      expect((await made.store.uow.run(({ positions }) => positions.lock(at)))?.next).toBe("100");
    });

    it("the outbox gives its rows in their order until they are removed, with their bytes", async () => {
      const bytes = new Uint8Array([0, 1, 255]);
      await made.store.uow.run(async ({ outbox }) => {
        await outbox.add([message("t", "a", "1"), message("t", "b", "2")]);
        await outbox.add([{ topic: "u", key: bytes, headers: { h: "雪" }, value: null }]);
      });
      const rows = await made.other.outbox.read(10);
      expect(rows.map(({ message }) => text(message.value))).toEqual(["1", "2", null]);
      expect(new Uint8Array(rows[2]!.message.key!)).toEqual(bytes);
      expect(rows[2]!.message.headers).toEqual({ h: "雪" });
      await made.store.outbox.remove([rows[0]!.row]);
      expect((await made.store.outbox.read(1)).map(({ message }) => text(message.value))).toEqual(["2"]);
      await made.store.outbox.remove(rows.map(({ row }) => row));
      expect(await made.store.outbox.size()).toBe(0);
    });

    it("the outbox says how long its oldest row has been there", async () => {
      expect(await made.store.outbox.age()).toBeUndefined();
      await made.store.uow.run(({ outbox }) => outbox.add([message("t", "a", "old")]));
      const age = await eventually(async () => {
        const found = await made.other.outbox.age();
        return found !== undefined && found >= 40 && found;
      });
      await made.store.uow.run(({ outbox }) => outbox.add([message("t", "a", "new")]));
      expect(await made.store.outbox.age()).toBeGreaterThanOrEqual(age);
      const [old] = await made.store.outbox.read(1);
      const before = await made.store.outbox.age();
      await made.store.outbox.remove([old!.row]);
      expect(await made.store.outbox.age()).toBeLessThan(before!);
      await made.store.outbox.remove((await made.store.outbox.read(10)).map(({ row }) => row));
      expect(await made.store.outbox.age()).toBeUndefined();
    });

    it("the inbox knows an id again, for its consumer", async () => {
      const added = await made.store.uow.run(async ({ inbox }) => [
        await inbox.addNew("one", ["id", "other"]),
        await inbox.addNew("one", ["id", "third", "third"]),
        await inbox.addNew("two", ["id"]),
      ]);
      expect(added.map((unseen) => [...unseen])).toEqual([["id", "other"], ["third"], ["id"]]);
    });

    it("a key has one owner until its lease ends or it is given up; its answer is found again by the same request", async () => {
      const key = `key${++number}`;
      const take = (store: WebStore, owner: string, now: number, fields: { request?: string; since?: number } = {}) =>
        store.uow.run(({ idempotencyKeys }) =>
          idempotencyKeys.take({ key, request: "r", owner, now, until: now + 100, since: now - 1000, ...fields })
        );
      const keep = (owner: string, answer = ANSWER) =>
        made.other.uow.run(({ idempotencyKeys }) => idempotencyKeys.keep(key, owner, answer));
      const release = (owner: string) =>
        made.store.uow.run(({ idempotencyKeys }) => idempotencyKeys.release(key, owner));
      const [taken, answered] = [{ kind: "taken" }, { kind: "answered", answer: ANSWER }];

      expect(await take(made.store, "a", 1000)).toEqual(taken);
      expect(await take(made.other, "b", 1099)).toEqual({ kind: "running", until: 1100 });
      expect(await take(made.other, "b", 1099, { request: "another" })).toEqual({ kind: "other" });
      await release("b");
      expect(await take(made.other, "b", 1099)).toEqual({ kind: "running", until: 1100 });
      await release("a");
      expect(await take(made.other, "b", 1099)).toEqual(taken);
      expect(await take(made.store, "c", 1199)).toEqual(taken);
      expect(await keep("b")).toBe(false);
      expect(await keep("c")).toBe(true);
      expect(await keep("c", { ...ANSWER, status: 500 })).toBe(false);
      await release("c");
      expect(await take(made.store, "d", 1999)).toEqual(answered);
      expect(await take(made.store, "d", 1999, { request: "another" })).toEqual({ kind: "other" });
      // The key was taken for good at 1199.
      expect(await take(made.store, "d", 2199)).toEqual(answered);
      expect(await take(made.store, "d", 2200, { request: "another" })).toEqual(taken);
    });

    it("of many that take a key at once, from every handle, one gets it", async () => {
      const key = `key${++number}`;
      const claims = await Promise.all(
        Array.from(
          { length: 12 },
          (_, at) =>
            (at % 2 === 0 ? made.store : made.other).uow.run(({ idempotencyKeys }) =>
              idempotencyKeys.take({ key, request: "r", owner: `o${at}`, now: 1, until: 2, since: 0 })
            ),
        ),
      );
      expect(claims.map(({ kind }) => kind).sort()).toEqual([...Array(11).fill("running"), "taken"]);
    });

    it("an answer goes with its transaction", async () => {
      const key = `key${++number}`;
      const claim = { key, request: "r", owner: "a", now: 1, until: 2, since: 0 };
      await made.store.uow.run(({ idempotencyKeys }) => idempotencyKeys.take(claim));
      await expect(made.store.uow.run(async ({ idempotencyKeys }) => {
        expect(await idempotencyKeys.keep(key, "a", ANSWER)).toBe(true);
        throw new Error("crashed");
      })).rejects.toThrow("crashed");
      expect(await made.store.uow.run(({ idempotencyKeys }) => idempotencyKeys.take({ ...claim, owner: "b" }))).toEqual(
        {
          kind: "running",
          until: 2,
        },
      );
    });

    it("old keys are removed so many at a time, answered or not, the others stay", async () => {
      const own = `purge${++number}`;
      const taking = (name: string, now: number) =>
        made.store.uow.run(({ idempotencyKeys }) =>
          idempotencyKeys.take({ key: `${own}${name}`, request: "r", owner: "a", now, until: now + 1, since: 0 })
        );
      const purge = (before: number, most: number) =>
        made.other.uow.run(({ idempotencyKeys }) => idempotencyKeys.purge(before, most));
      while (await purge(1e12, 100) > 0);
      for (const [at, name] of ["one", "two", "three", "four"].entries()) await taking(name, 1000 + at);
      await made.store.uow.run(({ idempotencyKeys }) => idempotencyKeys.keep(`${own}one`, "a", ANSWER));
      expect(await purge(1003, 2)).toBe(2);
      expect(await purge(1003, 2)).toBe(1);
      expect(await purge(1003, 2)).toBe(0);
      expect((await taking("four", 1003)).kind).toBe("running");
    });

    it("a dead letter is kept once, with its original bytes", async () => {
      const one = letter(`c${++number}`);
      const before = await made.store.letters.count();
      await made.store.uow.run(({ deadLetters }) => deadLetters.park(one));
      await made.other.uow.run(({ deadLetters }) => deadLetters.park({ ...one, detail: "again" }));
      expect(await made.store.letters.count()).toBe(before + 1);
      const [kept, ...more] = await made.other.letters.list({ consumer: one.consumer }, 0, 100);
      expect(more).toEqual([]);
      const { id, message: { key, value, ...message }, ...rest } = kept!;
      const { message: { key: _key, value: _value, ...sent }, ...others } = one;
      expect([rest, message]).toEqual([others, sent]);
      expect([text(key), new Uint8Array(value!)]).toEqual(["k", one.message.value]);
      expect((await made.store.letters.get(id))?.consumer).toBe(one.consumer);
    });

    it("letters of the same place in another log, or of another projection version, are others", async () => {
      const one = letter(`c${++number}`);
      await made.store.uow.run(async ({ deadLetters }) => {
        for (const other of [one, { ...one, logId: "other" }, { ...one, version: 2 }]) await deadLetters.park(other);
      });
      const ids = async (filter: LetterFilter) =>
        (await made.store.letters.list({ consumer: one.consumer, ...filter }, 0, 100)).map(({ id }) => id);
      const all = await ids({});
      expect([all.length, (await ids({ version: 2 })).length]).toEqual([3, 1]);
      expect(all).toEqual(all.toSorted((a, b) => a - b));
      expect((await made.store.letters.list({ consumer: one.consumer }, all[0]!, 1)).map(({ id }) => id)).toEqual([
        all[1],
      ]);
    });

    it("an ordered letter holds up its key, on its topic and for its consumer and version, until it is settled", async () => {
      const of = { consumer: `c${++number}`, version: 1 };
      const at = (position: string, key: string, ordered: boolean): Letter => {
        const one = letter(of.consumer);
        return { ...one, ordered, message: { ...one.message, ...message("t", key, "v"), position } };
      };
      await made.store.uow.run(async ({ deadLetters }) => {
        for (const one of [at("1", "a", true), at("2", "a", true), at("3", "b", false), at("4", "雪", true)]) {
          await deadLetters.park(one);
        }
      });
      const heldUp = (topic: string, version = 1) =>
        made.other.uow.run(({ deadLetters }) => deadLetters.heldUp({ ...of, version }, topic));
      expect([...await heldUp("t")].sort()).toEqual([keyName("a"), keyName("雪")]);
      expect([(await heldUp("u")).size, (await heldUp("t", 2)).size]).toEqual([0, 0]);
      const ids = (await made.store.letters.list({ ...of, topic: "t", key: keyName("a") }, 0, 10)).map(({ id }) => id);
      expect(ids.length).toBe(2);
      await made.store.uow.run(({ letterDesk }) => letterDesk.settle([ids[0]!], "replayed", 9));
      expect(await heldUp("t")).toContain(keyName("a"));
      await made.store.uow.run(({ letterDesk }) => letterDesk.settle([ids[1]!], "discarded", 9));
      expect([...await heldUp("t")]).toEqual([keyName("雪")]);
    });

    it("a settled letter is no longer held, listed or kept anew; one that failed again says so", async () => {
      const one = letter(`c${++number}`);
      await made.store.uow.run(({ deadLetters }) => deadLetters.park(one));
      const [{ id }] = await made.store.letters.list({ consumer: one.consumer }, 0, 1) as [StoredLetter];
      await made.store.uow.run(({ letterDesk }) => letterDesk.failedAgain(id, "still"));
      expect(await made.other.letters.get(id)).toMatchObject({ detail: "still", attempts: 2 });
      expect(await made.store.uow.run(({ letterDesk }) => letterDesk.hold([id, id + 1000]))).toEqual(new Set([id]));
      await made.store.uow.run(({ letterDesk }) => letterDesk.settle([id], "replayed", 9));
      await made.store.uow.run(({ deadLetters }) => deadLetters.park(one));
      expect(await made.other.uow.run(({ letterDesk }) => letterDesk.hold([id]))).toEqual(new Set());
      expect([await made.store.letters.get(id), await made.store.letters.list({ consumer: one.consumer }, 0, 9)])
        .toEqual([undefined, []]);
    });

    it("two who settle one letter at once: one of them does", async () => {
      const one = letter(`c${++number}`);
      await made.store.uow.run(({ deadLetters }) => deadLetters.park(one));
      const [{ id }] = await made.store.letters.list({ consumer: one.consumer }, 0, 1) as [StoredLetter];
      const settle = (store: WebStore) =>
        store.uow.run(async ({ letterDesk }) => {
          const held = (await letterDesk.hold([id])).has(id);
          if (held) await letterDesk.settle([id], "replayed", 9);
          return held;
        });
      const done = await Promise.all([made.store, made.other, made.store, made.other].map(settle));
      expect(done.filter((held) => held).length).toBe(1);
    });

    it("forget() removes every letter of a key on the topics, settled ones too", async () => {
      const one = letter(`c${++number}`);
      const key = `k${number}`;
      const at = (topic: string, position: string): Letter => ({
        ...one,
        message: { ...one.message, ...message(topic, key, "v"), position },
      });
      await made.store.uow.run(async ({ deadLetters }) => {
        for (const parked of [at("t", "1"), at("t", "2"), at("u", "3")]) await deadLetters.park(parked);
      });
      const [first] = await made.store.letters.list({ consumer: one.consumer }, 0, 1);
      await made.store.uow.run(({ letterDesk }) => letterDesk.settle([first!.id], "replayed", 9));
      await made.store.uow.run(({ deadLetters }) => deadLetters.forget(["t"], keyName(key)));
      const left = await made.store.letters.list({ consumer: one.consumer }, 0, 9);
      expect(left.map(({ message: { topic } }) => topic)).toEqual(["u"]);
      // The settled one is gone too: what was at its place may be parked again.
      await made.store.uow.run(({ deadLetters }) => deadLetters.park(at("t", "1")));
      expect((await made.store.letters.list({ consumer: one.consumer }, 0, 9)).length).toBe(2);
    });

    it("a lease has one owner until it ends or is given back", async () => {
      const [{ leases }, other] = [made.store, made.other.leases];
      expect(await leases.take("l", "a", 1000, 2000)).toBe(true);
      expect(await other.take("l", "b", 1500, 2500)).toBe(false);
      expect(await leases.take("l", "a", 1500, 2500)).toBe(true);
      expect(await other.take("l", "b", 2400, 3000)).toBe(false);
      expect(await other.take("l", "b", 2500, 3000)).toBe(true);
      await leases.release("l", "a");
      expect(await leases.take("l", "a", 2600, 3600)).toBe(false);
      await other.release("l", "b");
      expect(await leases.take("l", "a", 2600, 3600)).toBe(true);
    });

    it("a change wakes who waits, from every handle; a look wakes nobody", async () => {
      const changes = made.store.changes();
      await changes.wait(1);
      const write = (store: WebStore) => store.uow.run(({ inbox }) => inbox.addNew("wake", [String(++number)]));
      await write(made.other);
      const started = performance.now();
      await changes.wait(5_000);
      expect(performance.now() - started).toBeLessThan(4_000);
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

const ANSWER: Answer = {
  status: 201,
  headers: [["location", "/v1/books/b"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]],
  body: '{"title":"雪"}',
};

const letter = (consumer: string): Letter => ({
  consumer,
  version: 1,
  logId: "log",
  message: {
    ...message("t", "k", "v"),
    value: new Uint8Array([123, 0, 255]),
    partition: 3,
    position: "12",
    next: "13",
    timestamp: 4,
  },
  reason: "unreadable",
  detail: "broken",
  attempts: 1,
  at: 5,
  ordered: false,
});
