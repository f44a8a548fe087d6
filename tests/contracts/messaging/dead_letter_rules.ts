import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetter, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterFilter } from "@/application/messaging/dead_letters/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { message, text } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";

let number = 0;

/** What a store promises of dead letters: kept once, in order, holding up their key until somebody replays or discards them. */
export function letterRules(made: () => StoreUnderTest<WebStore>): void {
  it("a settled dead letter is forgotten by the time of its settlement, one that is not settled never", async () => {
    const own = { consumer: `l${++number}` };
    const at = (position: string) => ({ ...letter(own.consumer), message: { ...letter("").message, position } });
    for (const position of ["1", "2", "3", "4"]) {
      await made().store.uow.run(({ deadLetters }) => deadLetters.park(at(position)));
    }
    const ids = (await made().store.deadLetters.list(own, 0, 10)).map(({ id }) => id);
    const purge = (before: number, most: number) =>
      made().other.uow.run(({ deadLetterClosing }) => deadLetterClosing.purge(before, most));
    while (await purge(1e15, 100) > 0);
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close(ids.slice(0, 2), "replayed", 1_000));
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close(ids.slice(2, 3), "discarded", 2_000));
    expect([await purge(1_000, 9), await purge(2_000, 1), await purge(2_000, 9), await purge(2_001, 9)])
      .toEqual([0, 1, 1, 1]);
    expect((await made().store.deadLetters.list(own, 0, 10)).map(({ id }) => id)).toEqual(ids.slice(3));
  });

  it("a dead letter is kept once, with its original bytes", async () => {
    const one = letter(`l${++number}`);
    const before = await made().store.deadLetters.count();
    await made().store.uow.run(({ deadLetters }) => deadLetters.park(one));
    await made().other.uow.run(({ deadLetters }) => deadLetters.park({ ...one, detail: "again" }));
    expect(await made().store.deadLetters.count()).toBe(before + 1);
    const [kept, ...more] = await made().other.deadLetters.list({ consumer: one.consumer }, 0, 100);
    expect(more).toEqual([]);
    const { id, message: { key, value, ...message }, ...rest } = kept!;
    const { message: { key: _key, value: _value, ...sent }, ...others } = one;
    expect([rest, message]).toEqual([others, sent]);
    expect([text(key), new Uint8Array(value!)]).toEqual(["k", one.message.value]);
    expect((await made().store.deadLetters.get(id))?.consumer).toBe(one.consumer);
  });

  it("what the log could not read is known as parked in every version, settled or not, and only at its place", async () => {
    const one: DeadLetter = { ...letter(`l${++number}`), reason: "undecodable" };
    const { consumer, logId, message: { topic, partition, position } } = one;
    const place = { consumer, logId, topic, partition, position };
    const known = (at: Partial<typeof place>) =>
      made().other.uow.run(({ deadLetters }) => deadLetters.wasParked({ ...place, ...at }));
    expect(await known({})).toBe(false);
    const unreadable = { ...one, reason: "unreadable" as const, message: { ...one.message, position: "unreadable" } };
    for (const parked of [{ ...one, version: 3 }, unreadable]) {
      await made().store.uow.run(({ deadLetters }) => deadLetters.park(parked));
    }
    const ids = (await made().store.deadLetters.list({ consumer }, 0, 10)).map(({ id }) => id);
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close(ids, "discarded", 1_000));
    expect(await known({})).toBe(true);
    const others = [{ consumer: "x" }, { logId: "x" }, { topic: "x" }, { partition: 9 }, { position: "unreadable" }];
    expect(await Promise.all(others.map(known))).toEqual([false, false, false, false, false]);
  });

  it("dead letters of the same place in another log, or of another projection version, are others", async () => {
    const one = letter(`l${++number}`);
    await made().store.uow.run(async ({ deadLetters }) => {
      for (const other of [one, { ...one, logId: "other" }, { ...one, version: 2 }]) await deadLetters.park(other);
    });
    const ids = async (filter: DeadLetterFilter) =>
      (await made().store.deadLetters.list({ consumer: one.consumer, ...filter }, 0, 100)).map(({ id }) => id);
    const all = await ids({});
    expect([all.length, (await ids({ version: 2 })).length]).toEqual([3, 1]);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect((await made().store.deadLetters.list({ consumer: one.consumer }, all[0]!, 1)).map(({ id }) => id)).toEqual([
      all[1],
    ]);
  });

  it("an ordered dead letter holds up its key, on its topic and for its consumer and version, until it is closed", async () => {
    const of = { consumer: `l${++number}`, version: 1 };
    const at = (position: string, key: string, ordered: boolean): DeadLetter => {
      const one = letter(of.consumer);
      return { ...one, ordered, message: { ...one.message, ...message("t", key, "v"), position } };
    };
    await made().store.uow.run(async ({ deadLetters }) => {
      for (const one of [at("1", "a", true), at("2", "a", true), at("3", "b", false), at("4", "雪", true)]) {
        await deadLetters.park(one);
      }
    });
    const heldUp = (topic: string, version = 1) =>
      made().other.uow.run(({ deadLetters }) => deadLetters.blockedKeys({ ...of, version }, topic));
    expect([...await heldUp("t")].sort()).toEqual([keyName("a"), keyName("雪")]);
    expect([(await heldUp("u")).size, (await heldUp("t", 2)).size]).toEqual([0, 0]);
    const ids = (await made().store.deadLetters.list({ ...of, topic: "t", key: keyName("a") }, 0, 10)).map(({ id }) =>
      id
    );
    expect(ids.length).toBe(2);
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close([ids[0]!], "replayed", 9));
    expect(await heldUp("t")).toContain(keyName("a"));
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close([ids[1]!], "discarded", 9));
    expect([...await heldUp("t")]).toEqual([keyName("雪")]);
  });

  it("parkedBehind() finds what was parked later in the keys of dead letters, of their topic, consumer and version", async () => {
    const of = { consumer: `l${++number}`, version: 1 };
    const at = (position: string, key: string, other: Partial<DeadLetter> = {}, topic = "t"): DeadLetter => {
      const one = letter(of.consumer);
      return { ...one, ordered: true, ...other, message: { ...one.message, ...message(topic, key, "v"), position } };
    };
    const parked = [
      at("1", "a"),
      at("2", "雪"),
      at("3", "c", { ordered: false }),
      at("4", "a"),
      at("5", "b"),
      at("6", "雪"),
      at("7", "c"),
      at("8", "a", { ordered: false }),
      at("9", "a", {}, "u"),
      at("10", "a", { version: 2 }),
      at("11", "a"),
    ];
    await made().store.uow.run(async ({ deadLetters }) => {
      for (const one of parked) await deadLetters.park(one);
    });
    const letters = await made().store.deadLetters.list(of, 0, 100);
    const behind = (held: StoredDeadLetter[], limit: number) =>
      made().store.uow.run(async ({ deadLetterClosing }) =>
        (await deadLetterClosing.parkedBehind(held, limit)).map(({ message }) => message.position)
      );
    expect(await behind(letters.slice(0, 3), 9)).toEqual(["4", "6", "11"]);
    expect(await behind(letters.slice(0, 3), 2)).toEqual(["4", "6"]);
    expect(await behind(letters.slice(2, 3), 9)).toEqual([]);
    const last = letters.find(({ message }) => message.position === "11")!;
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close([last.id], "replayed", 9));
    expect(await behind(letters.slice(0, 1), 9)).toEqual(["4"]);
  });

  it("a settled dead letter is no longer held, listed or kept again; one that failed again says so", async () => {
    const one = letter(`l${++number}`);
    await made().store.uow.run(({ deadLetters }) => deadLetters.park(one));
    const [{ id }] = await made().store.deadLetters.list({ consumer: one.consumer }, 0, 1) as [StoredDeadLetter];
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.recordFailure(id, "still"));
    expect(await made().other.deadLetters.get(id)).toMatchObject({ detail: "still", attempts: 2 });
    expect(await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.lock([id, id + 1000]))).toEqual(
      new Set([id]),
    );
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close([id], "replayed", 9));
    await made().store.uow.run(({ deadLetters }) => deadLetters.park(one));
    expect(await made().other.uow.run(({ deadLetterClosing }) => deadLetterClosing.lock([id]))).toEqual(new Set());
    expect([
      await made().store.deadLetters.get(id),
      await made().store.deadLetters.list({ consumer: one.consumer }, 0, 9),
    ])
      .toEqual([undefined, []]);
  });

  it("two who settle one dead letter at once: one of them does", async () => {
    const one = letter(`l${++number}`);
    await made().store.uow.run(({ deadLetters }) => deadLetters.park(one));
    const [{ id }] = await made().store.deadLetters.list({ consumer: one.consumer }, 0, 1) as [StoredDeadLetter];
    const settle = (store: WebStore) =>
      store.uow.run(async ({ deadLetterClosing }) => {
        const held = (await deadLetterClosing.lock([id])).has(id);
        if (held) await deadLetterClosing.close([id], "replayed", 9);
        return held;
      });
    const done = await Promise.all([made().store, made().other, made().store, made().other].map(settle));
    expect(done.filter((held) => held).length).toBe(1);
  });

  it("forget() removes every dead letter of a key on the topics, settled ones too", async () => {
    const one = letter(`l${++number}`);
    const key = `k${number}`;
    const at = (topic: string, position: string): DeadLetter => ({
      ...one,
      message: { ...one.message, ...message(topic, key, "v"), position },
    });
    await made().store.uow.run(async ({ deadLetters }) => {
      for (const parked of [at("t", "1"), at("t", "2"), at("u", "3")]) await deadLetters.park(parked);
    });
    const [first] = await made().store.deadLetters.list({ consumer: one.consumer }, 0, 1);
    await made().store.uow.run(({ deadLetterClosing }) => deadLetterClosing.close([first!.id], "replayed", 9));
    await made().store.uow.run(({ deadLetters }) => deadLetters.forget(["t"], keyName(key)));
    const left = await made().store.deadLetters.list({ consumer: one.consumer }, 0, 9);
    expect(left.map(({ message: { topic } }) => topic)).toEqual(["u"]);
    // The settled one is gone too: what was at its place may be parked again.
    await made().store.uow.run(({ deadLetters }) => deadLetters.park(at("t", "1")));
    expect((await made().store.deadLetters.list({ consumer: one.consumer }, 0, 9)).length).toBe(2);
  });
}

/** A dead letter with what a test does not care about filled in. */
export const letter = (consumer: string): DeadLetter => ({
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
