import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { WebStore } from "@/application/stores.ts";
import { Fenced } from "@/application/messaging/faults.ts";
import { keyName } from "@/application/messaging/key_name.ts";
import type {
  Answer,
  Letter,
  LetterFilter,
  Outgoing,
  PositionKey,
  StoredLetter,
} from "@/application/messaging/ports.ts";
import { ALL_SHARDS, shardOf } from "@/application/messaging/shards.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { book, message, text } from "@/tests/support/samples.ts";

/** A store, and another handle on it as a second process would have (the same one where it cannot be shared). */
export type StoreUnderTest<Store> = { store: Store; other: Store; close(): Promise<void> };

const MOST = { rows: 1_000, bytes: 2 ** 20 };
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

    const add = (...messages: Outgoing[]) => made.store.uow.run(({ outbox }) => outbox.add(messages));
    const remove = (rows: { row: string }[]) =>
      made.store.uow.run(({ outbox }) => outbox.remove(rows.map(({ row }) => row)));
    const waiting = (shards = ALL_SHARDS, most = {}) => made.other.outbox.read(shards, { ...MOST, ...most });
    const textsOf = (rows: { message: Outgoing }[]) => rows.map(({ message }) => text(message.value));

    it("the outbox gives its rows in their order until they are removed, with their bytes", async () => {
      const bytes = new Uint8Array([0, 1, 255]);
      await made.store.uow.run(async ({ outbox }) => {
        await outbox.add([message("t", "a", "1"), message("t", "b", "2")]);
        await outbox.add([{ topic: "u", key: bytes, headers: { h: "雪" }, value: null }]);
      });
      const rows = await waiting();
      expect(textsOf(rows)).toEqual(["1", "2", null]);
      expect(new Uint8Array(rows[2]!.message.key!)).toEqual(bytes);
      expect(rows[2]!.message.headers).toEqual({ h: "雪" });
      await remove([rows[0]!]);
      expect(textsOf(await waiting(ALL_SHARDS, { rows: 1 }))).toEqual(["2"]);
      await remove(rows);
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
      const [old] = await waiting();
      const before = await made.store.outbox.age();
      await remove([old!]);
      expect(await made.store.outbox.age()).toBeLessThan(before!);
      await remove(await waiting());
      expect(await made.store.outbox.age()).toBeUndefined();
    });

    it("a key's shard is the one that shardOf() says, and a shard has no other rows", async () => {
      const keys = Array.from({ length: 40 }, (_, at) => `key ${at} ü`);
      await add(...keys.map((key) => message("t", key, key)), message("t", null, "no key"));
      const encoded = (key: string) => new TextEncoder().encode(key);
      for (const shard of ALL_SHARDS) {
        const own = keys.filter((key) => shardOf(encoded(key)) === shard);
        expect(own.length).toBeGreaterThan(0);
        expect(textsOf(await waiting([shard]))).toEqual([...own, ...(shardOf(null) === shard ? ["no key"] : [])]);
      }
      expect(textsOf(await waiting([5, 2]))).toEqual(keys.filter((key) => [2, 5].includes(shardOf(encoded(key)))));
      await remove(await waiting());
    });

    it("a read has as many rows as were asked for, and no more bytes unless the first alone has them", async () => {
      const large = "x".repeat(10_000);
      await add(...Array.from({ length: 6 }, (_, at) => message("t", "k", `${at}${large}`)));
      expect((await waiting(ALL_SHARDS, { rows: 2 })).length).toBe(2);
      const rows = await waiting(ALL_SHARDS, { bytes: 25_000 });
      expect(textsOf(rows).map((value) => value![0])).toEqual(["0", "1"]);
      expect((await waiting(ALL_SHARDS, { bytes: 10 })).length).toBe(1);
      await remove(await waiting());
    });

    it("rows of a key have the order of their commits, whoever commits them", async () => {
      const keys = ["order-a", "order-b", "order-c"];
      const seen = new Map<string, number[]>(keys.map((key) => [key, []]));
      // Each transaction holds the key as a command's does, raises its number and adds it.
      const raise = (store: WebStore, one: string) =>
        store.uow.run(async ({ acts, readerBooks, outbox }) => {
          await acts.expect([{ reader: one, book: "n", listed: true }]);
          const time = ((await readerBooks.get(one, "n"))?.time ?? 0) + 1;
          await readerBooks.put({ reader: one, book: "n", dismissed: false, time });
          await outbox.add([message("t", one, String(time))]);
        });
      let writing = true;
      const collect = async () => {
        for (let more = true; more;) {
          more = writing;
          const rows = await waiting();
          for (const { message } of rows) seen.get(text(message.key)!)!.push(Number(text(message.value)));
          if (rows.length > 0) await remove(rows);
          else await new Promise((resolve) => setTimeout(resolve, 2));
        }
      };
      const write = async (writer: number) => {
        for (let at = 0; at < 10; at++) {
          await raise(writer % 2 === 0 ? made.store : made.other, keys[(writer + at) % keys.length]!);
        }
      };
      const writers = Promise.all(Array.from({ length: 12 }, (_, writer) => write(writer))).finally(() =>
        writing = false
      );
      await Promise.all([writers, collect()]);
      for (const numbers of seen.values()) expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    });

    it("atMost() is at least the number of rows, and none where there is none", async () => {
      expect(await made.store.outbox.atMost()).toBe(0);
      await add(message("t", "k", "1"), message("t", "k", "2"), message("t", "k", "3"));
      const all = await made.other.outbox.atMost();
      expect(all).toBeGreaterThanOrEqual(3);
      expect(all).toBeLessThan(10);
      const [first] = await waiting();
      await remove([first!]);
      expect(await made.store.outbox.atMost()).toBe(all - 1);
      await remove(await waiting());
      expect(await made.store.outbox.atMost()).toBe(0);
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

    it("a settled letter is forgotten by the time of its settlement, one that is not settled never", async () => {
      const own = { consumer: `c${++number}` };
      const at = (position: string) => ({ ...letter(own.consumer), message: { ...letter("").message, position } });
      for (const position of ["1", "2", "3", "4"]) {
        await made.store.uow.run(({ deadLetters }) => deadLetters.park(at(position)));
      }
      const ids = (await made.store.letters.list(own, 0, 10)).map(({ id }) => id);
      const purge = (before: number, most: number) =>
        made.other.uow.run(({ letterDesk }) => letterDesk.purge(before, most));
      while (await purge(1e15, 100) > 0);
      await made.store.uow.run(({ letterDesk }) => letterDesk.settle(ids.slice(0, 2), "replayed", 1_000));
      await made.store.uow.run(({ letterDesk }) => letterDesk.settle(ids.slice(2, 3), "discarded", 2_000));
      expect([await purge(1_000, 9), await purge(2_000, 1), await purge(2_000, 9), await purge(2_001, 9)])
        .toEqual([0, 1, 1, 1]);
      expect((await made.store.letters.list(own, 0, 10)).map(({ id }) => id)).toEqual(ids.slice(3));
    });

    it("size() says how many bytes the rows take, about", async () => {
      expect(await made.store.size()).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(await made.other.size())).toBe(true);
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

    it("a lease has one owner until it ends or is given back; its epoch rises with every new owner", async () => {
      const [{ leases }, other] = [made.store, made.other.leases];
      const [SHORT, LONG] = [300, 60_000];
      expect(await leases.take("a", ["l", "m"], SHORT)).toEqual(new Map([["l", 1], ["m", 1]]));
      expect(await other.take("b", ["l"], LONG)).toEqual(new Map());
      expect(await other.held("l")).toEqual(new Map([["l", "a"]]));
      expect(await leases.take("a", ["l"], SHORT)).toEqual(new Map([["l", 1]]));
      const taken = await eventually(async () => {
        const got = await other.take("b", ["l", "n"], LONG);
        return got.has("l") && got;
      });
      expect(taken).toEqual(new Map([["l", 2], ["n", 1]]));
      expect(await leases.take("a", ["l", "m"], LONG)).toEqual(new Map([["m", 1]]));
      await leases.release("a", ["l", "m"]);
      expect([...await leases.held("")].filter(([name]) => name.length === 1).sort()).toEqual([["l", "b"], ["n", "b"]]);
      await other.release("b", ["l", "n"]);
      expect(await leases.take("a", ["l"], LONG)).toEqual(new Map([["l", 3]]));
      await leases.release("a", ["l"]);
    });

    it("a transaction of an owner whose lease another has had leaves no trace", async () => {
      const [{ leases, uow }, other] = [made.store, made.other.leases];
      const mine = await leases.take("a", ["f"], 60_000);
      const work = () =>
        uow.run(async ({ fence, outbox }) => {
          await outbox.add([message("t", "k", "fenced")]);
          await fence.check(mine);
        });
      await work();
      await leases.release("a", ["f"]);
      await other.take("b", ["f"], 60_000);
      await expect(work()).rejects.toThrow(/^f has another owner$/);
      // Also when it is its own again, as somebody else may have worked in between.
      await other.release("b", ["f"]);
      await leases.take("a", ["f"], 60_000);
      await expect(work()).rejects.toThrow(Fenced);
      expect(await made.store.outbox.size()).toBe(1);
      await remove(await waiting());
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
