import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY } from "@/domain/hours.ts";
import { Fenced } from "@/application/faults.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { ALL_SHARDS, shardOf } from "@/application/messaging/outbox/shards.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";

const MOST = { rows: 1_000, bytes: 2 ** 20 };

/** What a store promises to relays: an outbox in the order of each key, leases, and a fence for who has lost one. */
export function relayRules(made: () => StoreUnderTest<WebStore>): void {
  const add = (...messages: Outgoing[]) => made().store.uow.run(({ outbox }) => outbox.add(messages));
  const remove = (rows: { row: string }[]) =>
    made().store.uow.run(({ outbox }) => outbox.remove(rows.map(({ row }) => row)));
  const waiting = (shards = ALL_SHARDS, most = {}) => made().other.outbox.read(shards, { ...MOST, ...most });
  const textsOf = (rows: { message: Outgoing }[]) => rows.map(({ message }) => text(message.value));

  it("the outbox gives its rows in their order until they are removed, with their bytes", async () => {
    const bytes = new Uint8Array([0, 1, 255]);
    await made().store.uow.run(async ({ outbox }) => {
      await outbox.add([message("t", "a", "1"), message("t", "b", "2")]);
      await outbox.add([{ topic: "u", key: bytes, headers: { h: "雪" }, value: null }]);
    });
    const rows = await waiting();
    expect(textsOf(rows)).toEqual(["1", "2", null]);
    expect(new Uint8Array(rows[2]!.message.key!)).toEqual(bytes);
    expect(rows[2]!.message.headers).toEqual({ h: "雪" });
    await remove([rows[0]!]);
    expect(textsOf(await waiting(ALL_SHARDS, { rows: 1 }))).toEqual(["2"]);
    await remove(rows.slice(1));
    expect(await made().store.outbox.size()).toBe(0);
  });

  it("the outbox says how long its oldest row has been there", async () => {
    /** When the oldest row came, to 15 ms: a slower look does not tell. */
    const since = () =>
      eventually(async () => {
        const from = Date.now();
        const age = await made().store.outbox.ageMs();
        return Date.now() - from <= 15 && age !== undefined && from - age;
      });
    expect(await made().store.outbox.ageMs()).toBeUndefined();
    await made().store.uow.run(({ outbox }) => outbox.add([message("t", "a", "old")]));
    const age = await eventually(async () => {
      const found = await made().other.outbox.ageMs();
      return found !== undefined && found >= 60 && found;
    });
    await made().store.uow.run(({ outbox }) => outbox.add([message("t", "a", "new")]));
    expect(await made().store.outbox.ageMs()).toBeGreaterThanOrEqual(age);
    const [old] = await waiting();
    const before = await since();
    await remove([old!]);
    expect(await since()).toBeGreaterThan(before + 30);
    await remove(await waiting());
    expect(await made().store.outbox.ageMs()).toBeUndefined();
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
    const both = keys.filter((key) => [2, 5].includes(shardOf(encoded(key))));
    expect(textsOf(await waiting([5, 2])).toSorted()).toEqual(both.toSorted());
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

  it("messages of a transaction go from the front, whoever reads them, and one that stands behind another goes with it only", async () => {
    await add(...Array.from({ length: 600 }, (_, at) => message("t", "k", String(at))));
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => String(from + at));
    const all = await waiting();
    expect(textsOf(all)).toEqual(numbers(0, 600));
    expect(new Set(all.map(({ row }) => row)).size).toBe(600);
    await remove(all.slice(0, 300));
    expect([textsOf(await waiting()), await made().store.outbox.size()]).toEqual([numbers(300, 600), 300]);
    // Those that have gone, or whose first has not, are no longer what was read: nothing goes, nor what is right beside them.
    await expect(remove(all.slice(250, 300))).rejects.toThrow("read");
    await expect(remove([all[300]!, all[599]!])).rejects.toThrow("read");
    expect(textsOf(await waiting())).toEqual(numbers(300, 600));
    await remove([all[300]!]);
    await expect(remove([all[301]!, all[303]!])).rejects.toThrow("before its turn");
    await expect(remove([all[302]!])).rejects.toThrow("read");
    expect(textsOf(await waiting())).toEqual(numbers(301, 600));
    const rest = await waiting(ALL_SHARDS, { rows: 120 });
    expect(textsOf(rest)).toEqual(numbers(301, 421));
    await remove(rest);
    await remove(await waiting());
    expect(await waiting()).toEqual([]);
  });

  it("messages have the same bytes as before they were stored", async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, at) => at);
    const headers = {
      "content-type": "application/json",
      ce_subject: "\ufeff雪\u{1F4DA}",
      ce_id: "\ufeff雪\u{1F4DA}",
      empty: "",
    };
    const messages: Outgoing[] = [
      { topic: "t", key: bytes, headers, value: bytes },
      { topic: "u", key: null, headers: {}, value: null },
      { topic: "t", key: new Uint8Array(), headers: { empty: "x".repeat(70_000) }, value: new Uint8Array() },
      { topic: "t", key: bytes, headers: { ...headers, ce_id: "2" }, value: null },
    ];
    await add(...messages);
    const plain = (one: Outgoing) => ({ ...one, key: one.key && [...one.key], value: one.value && [...one.value] });
    const read = (await waiting()).map(({ message }) => plain(message));
    for (const one of messages) expect(read).toContainEqual(plain(one));
    expect(read.length).toBe(messages.length);
    await remove(await waiting());
  });

  it("rows of a key have the order of their commits, whoever commits them", async () => {
    const keys = ["order-a", "order-b", "order-c"];
    const seen = new Map<string, number[]>(keys.map((key) => [key, []]));
    // Each transaction holds the key as a command's does, raises its number and adds it.
    const raise = (store: WebStore, one: string) =>
      store.uow.run(async ({ acts, readerBooks, outbox }) => {
        await acts.lockAndPrefetch([{ reader: one, book: "n", listed: true }]);
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
        await raise(writer % 2 === 0 ? made().store : made().other, keys[(writer + at) % keys.length]!);
      }
    };
    const writers = Promise.all(Array.from({ length: 12 }, (_, writer) => write(writer))).finally(() =>
      writing = false
    );
    await Promise.all([writers, collect()]);
    for (const numbers of seen.values()) expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  it("sizeAtMost() is at least the number of rows, and none where there is none", async () => {
    expect(await made().store.outbox.sizeAtMost()).toBe(0);
    await add(message("t", "k", "1"), message("t", "k", "2"), message("t", "k", "3"));
    const all = await made().other.outbox.sizeAtMost();
    expect(all).toBeGreaterThanOrEqual(3);
    expect(all).toBeLessThan(10);
    const [first] = await waiting();
    await remove([first!]);
    expect(await made().store.outbox.sizeAtMost()).toBe(all - 1);
    await remove(await waiting());
    expect(await made().store.outbox.sizeAtMost()).toBe(0);
  });

  it("a lease has one owner until it ends or is given back; its epoch rises with every new owner", async () => {
    const [{ leases }, other] = [made().store, made().other.leases];
    const [SHORT, LONG] = [300, 60_000];
    expect(await leases.take("a", ["l", "m"], LONG)).toEqual(new Map([["l", 1], ["m", 1]]));
    expect(await other.take("b", ["l"], LONG)).toEqual(new Map());
    expect(await other.owners("l", LONG)).toEqual(new Map([["l", "a"]]));
    expect(await leases.take("a", ["l", "m"], SHORT)).toEqual(new Map([["l", 1], ["m", 1]]));
    const taken = await eventually(async () => {
      const got = await other.take("b", ["l", "n"], LONG);
      return got.has("l") && got;
    });
    expect(taken).toEqual(new Map([["l", 2], ["n", 1]]));
    expect(await leases.take("a", ["l", "m"], LONG)).toEqual(new Map([["m", 1]]));
    await leases.release("a", ["l", "m"]);
    expect([...await leases.owners("", LONG)].filter(([name]) => name.length === 1).sort()).toEqual([["l", "b"], [
      "n",
      "b",
    ]]);
    await other.release("b", ["l", "n"]);
    expect(await leases.take("a", ["l"], LONG)).toEqual(new Map([["l", 3]]));
    await leases.release("a", ["l"]);
  });

  it("a lease that ends later than one can, as the clock was set back, has no owner to share with and ends in time", async () => {
    const [{ leases }, other] = [made().store, made().other.leases];
    const [SHORT, JUMP] = [200, 2 * DAY];
    expect(await leases.take("gone", ["jumped"], JUMP)).toEqual(new Map([["jumped", 1]]));
    expect(await other.owners("jumped", SHORT)).toEqual(new Map());
    // Its owner may be alive, and has as long as any owner to show it.
    expect(await other.take("b", ["jumped"], SHORT)).toEqual(new Map());
    expect(await other.owners("jumped", SHORT)).toEqual(new Map([["jumped", "gone"]]));
    const taken = await eventually(async () => {
      const got = await other.take("b", ["jumped"], SHORT);
      return got.size > 0 && got;
    }, 5_000);
    expect(taken).toEqual(new Map([["jumped", 2]]));
    await other.release("b", ["jumped"]);
  });

  it("an owner that is alive when the clock is set back keeps its lease", async () => {
    const [{ leases }, other] = [made().store, made().other.leases];
    const [SHORT, JUMP] = [500, 2 * DAY];
    await leases.take("alive", ["kept"], JUMP);
    await other.take("b", ["kept"], SHORT);
    expect(await leases.take("alive", ["kept"], 60_000)).toEqual(new Map([["kept", 1]]));
    expect(await other.take("b", ["kept"], 60_000)).toEqual(new Map());
    await leases.release("alive", ["kept"]);
  });

  it("asking for a lease that another owner has wakes nobody who waits for changes", async () => {
    const [{ leases, changes }, other] = [made().store, made().other.leases];
    await leases.take("a", ["asked"], 60_000);
    const watcher = changes();
    // Until the notices of what was written before have come.
    const begun = performance.now();
    while (performance.now() - begun < 300) await watcher.wait(50);
    const from = performance.now();
    const waited = watcher.wait(150).then(() => performance.now() - from);
    expect([await other.take("b", ["asked"], 60_000), await leases.take("c", ["asked"], 60_000)]).toEqual([
      new Map(),
      new Map(),
    ]);
    expect(await waited).toBeGreaterThan(140);
    await leases.release("a", ["asked"]);
  });

  it("a transaction of an owner whose lease another has had leaves no trace", async () => {
    const [{ leases, uow }, other] = [made().store, made().other.leases];
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
    expect(await made().store.outbox.size()).toBe(1);
    await remove(await waiting());
  });
}
