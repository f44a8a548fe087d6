import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Refused } from "@/application/faults.ts";
import type { Batch, Consumer, EventLog, Incoming } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";

/**
 * A log with four partitions, and another handle on it as a second process would have. `largest`: how many bytes of a value
 * it takes at most, `any` where messages as large as the suite can make them are taken.
 */
type LogUnderTest = {
  log: EventLog & LogHistory;
  other: EventLog & LogHistory;
  /** Removes a partition's messages before the place, as retention does. */
  truncate(topic: string, partition: number, before: string): Promise<void>;
  /** Adds something to the end of a partition that no reader can read. */
  addUnreadable(topic: string, partition: number): Promise<void>;
  largest: number | "any";
  close(): Promise<void>;
};

let number = 0;
/** Follows a topic into a list, from the positions given. */
function follow(
  log: EventLog,
  group: string,
  topic: string,
  options: { from?: Map<string, string>; handle?: (batch: Batch) => void } = {},
) {
  const seen: Incoming[] = [];
  const positions = options.from ?? new Map<string, string>();
  const consumer: Consumer = log.subscribe({
    group,
    topics: [topic],
    open: (topic, partition) => Promise.resolve(positions.get(`${topic}/${partition}`)),
    handle: (batch) => {
      options.handle?.(batch);
      seen.push(...batch.messages);
      const next = batch.messages.at(-1)!.next;
      positions.set(`${batch.topic}/${batch.partition}`, next);
      return Promise.resolve(next);
    },
  });
  return { seen, positions, consumer, values: () => seen.map((one) => text(one.value)) };
}

/** What every event log promises. */
export function eventLogContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`event log: ${name}`, () => {
    let made: LogUnderTest;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());
    const fresh = () => ({ topic: `topic.${++number}`, group: `group-${number}` });

    it("keeps the order of messages with equal keys, in one partition", async () => {
      const { topic, group } = fresh();
      const keys = ["a", "b", "c", "d", "e", "f"];
      for (let at = 0; at < 50; at++) await made.log.append(keys.map((key) => message(topic, key, `${key}${at}`)));
      const { seen, consumer } = follow(made.log, group, topic);
      await eventually(() => seen.length === 300);
      for (const key of keys) {
        const own = seen.filter((one) => text(one.key) === key);
        expect(own.map((one) => text(one.value))).toEqual(Array.from({ length: 50 }, (_, at) => `${key}${at}`));
        expect(new Set(own.map((one) => one.partition)).size).toBe(1);
      }
      expect(new Set(seen.map((one) => one.partition)).size).toBeGreaterThan(1);
      await consumer.stop();
    });

    it("wakes a reader that waits on an empty topic, also for a message of another process", async () => {
      const { topic, group } = fresh();
      const { values, consumer } = follow(made.log, group, topic);
      await consumer.joined;
      await made.log.append([message(topic, "k", "one")]);
      await eventually(() => values().length === 1);
      await made.other.append([message(topic, "k", "two")]);
      await eventually(() => values().length === 2);
      expect(values()).toEqual(["one", "two"]);
      await consumer.stop();
    });

    it("carries large and binary values, binary keys, Unicode headers and a missing value", async () => {
      const { topic, group } = fresh();
      const large = crypto.getRandomValues(new Uint8Array(60_000));
      const value = new Uint8Array(900_000).map((_, at) => large[at % large.length]!);
      const key = new Uint8Array([0, 255, 128, 10]);
      await made.log.append([{ topic, key, headers: { title: "Преступление 雪国 🙂", empty: "" }, value }]);
      await made.log.append([{ topic, key: null, headers: {}, value: null }]);
      const { seen, consumer } = follow(made.log, group, topic);
      await eventually(() => seen.length === 2);
      const [full, bare] = [seen.find((one) => one.value !== null)!, seen.find((one) => one.value === null)!];
      expect(full.value).toEqual(value);
      expect(new Uint8Array(full.key!)).toEqual(key);
      expect(full.headers).toEqual({ title: "Преступление 雪国 🙂", empty: "" });
      expect([bare.key, bare.value]).toEqual([null, null]);
      await consumer.stop();
    });

    it("gives every message to each of two groups, and to one member of each", async () => {
      const { topic, group } = fresh();
      const [one, two] = [follow(made.log, group, topic), follow(made.other, group, topic)];
      const third = follow(made.log, `${group}-b`, topic);
      await eventually(() => one.consumer.state().assigned.length === 2 && two.consumer.state().assigned.length === 2);
      for (let at = 0; at < 100; at++) await made.log.append([message(topic, `k${at}`, String(at))]);
      await eventually(() => one.seen.length + two.seen.length === 100 && third.seen.length === 100);
      expect(one.seen.length).toBeGreaterThan(0);
      expect(two.seen.length).toBeGreaterThan(0);
      expect(new Set([...one.values(), ...two.values()]).size).toBe(100);
      for (const { consumer } of [one, two, third]) await consumer.stop();
    });

    it("hands the partitions of a member that leaves to the others", async () => {
      const { topic, group } = fresh();
      const from = new Map<string, string>();
      const [one, two] = [follow(made.log, group, topic, { from }), follow(made.other, group, topic, { from })];
      await eventually(() => one.consumer.state().assigned.length === 2 && two.consumer.state().assigned.length === 2);
      await one.consumer.stop();
      await eventually(() => two.consumer.state().assigned.length === 4);
      for (let at = 0; at < 40; at++) await made.log.append([message(topic, `k${at}`, String(at))]);
      await eventually(() => two.seen.length === 40);
      await two.consumer.stop();
    });

    it("goes on where the reader says after a stop", async () => {
      const { topic, group } = fresh();
      for (let at = 0; at < 30; at++) await made.log.append([message(topic, `k${at}`, String(at))]);
      const first = follow(made.log, group, topic);
      await eventually(() => first.seen.length === 30);
      await first.consumer.stop();
      await made.log.append([message(topic, "k1", "new")]);
      const second = follow(made.other, group, topic, { from: first.positions });
      await eventually(() => second.seen.length === 1);
      expect(second.values()).toEqual(["new"]);
      await second.consumer.stop();
    });

    it("hands out again what was not handled, and nothing behind it before", async () => {
      const { topic, group } = fresh();
      for (let at = 0; at < 10; at++) await made.log.append([message(topic, "same", String(at))]);
      let fails = 2;
      const { values, consumer } = follow(made.log, group, topic, {
        handle: () => {
          if (fails-- > 0) throw new Error("not now");
        },
      });
      await eventually(() => values().length === 10);
      expect(values()).toEqual(Array.from({ length: 10 }, (_, at) => String(at)));
      await consumer.stop();
    });

    it("tells each member who owns which partition: itself or another one of the suite", async () => {
      const { topic, group } = fresh();
      const [one, two] = [follow(made.log, group, topic), follow(made.other, group, topic)];
      await eventually(() => one.consumer.state().assigned.length === 2 && two.consumer.state().assigned.length === 2);
      const kinds = async ({ consumer }: typeof one) =>
        new Map([...await consumer.owners()].map(([name, { kind }]) => [name, kind]));
      const share = ({ consumer }: typeof one, kind: string) => consumer.state().assigned.map((name) => [name, kind]);
      const told = await eventually(async () => {
        const found = [await kinds(one), await kinds(two)] as const;
        return found.every(({ size }) => size === 4) && found;
      });
      expect([...told[0]].sort()).toEqual([...share(one, "self"), ...share(two, "suite")].sort());
      expect([...told[1]].sort()).toEqual([...share(two, "self"), ...share(one, "suite")].sort());
      await two.consumer.stop();
      await eventually(async () => [...(await kinds(one)).values()].filter((kind) => kind === "self").length === 4);
      await one.consumer.stop();
    });

    it("stores what several writers append at once, each in its order", async () => {
      const { topic, group } = fresh();
      const write = async (log: EventLog, writer: string) => {
        for (let at = 0; at < 50; at++) {
          await log.append([message(topic, writer, `${writer}${at}`), message(topic, "shared", `${writer}${at}`)]);
        }
      };
      await Promise.all([write(made.log, "x"), write(made.other, "y"), write(made.log, "z")]);
      const { seen, consumer } = follow(made.log, group, topic);
      await eventually(() => seen.length === 300);
      for (const writer of ["x", "y", "z"]) {
        const own = seen.filter((one) => text(one.key) === "shared" && text(one.value)!.startsWith(writer));
        expect(own.map((one) => text(one.value))).toEqual(Array.from({ length: 50 }, (_, at) => `${writer}${at}`));
      }
      await consumer.stop();
    });

    it("says how many messages a partition has from a place on, from every handle", async () => {
      const { topic, group } = fresh();
      for (let at = 0; at < 7; at++) await made.log.append([message(topic, "same", String(at))]);
      const { seen, consumer } = follow(made.log, group, topic);
      await eventually(() => seen.length === 7);
      await consumer.stop();
      const { partition } = seen[0]!;
      const places = [undefined, seen[0]!.position, seen[4]!.next, seen[6]!.next].map((next) => (
        { topic, partition, next }
      ));
      const empty = { topic, partition: (partition + 1) % 4, next: undefined };
      for (const log of [made.log, made.other]) expect(await log.lag([...places, empty])).toEqual([7, 7, 2, 0, 0]);
      await made.other.append([message(topic, "same", "more")]);
      expect(await made.log.lag(places.slice(3))).toEqual([1]);
    });

    it("refuses a message that it can never take, and takes others after it", async () => {
      const { topic, group } = fresh();
      const { largest } = made;
      const large = message(topic, "k", "x".repeat(largest === "any" ? 3 * 2 ** 20 : largest + 1_000));
      const appended = made.log.append([large]);
      if (largest === "any") await appended;
      else await expect(appended).rejects.toThrow(Refused);
      await made.log.append([message(topic, "k", "small")]);
      const { values, consumer } = follow(made.log, group, topic);
      await eventually(() => values().includes("small"));
      expect(values()).toEqual(largest === "any" ? [text(large.value), "small"] : ["small"]);
      await consumer.stop();
    });

    it("says how far back it reaches: where each partition begins, since when, and whether anything is lost", async () => {
      const { topic, group } = fresh();
      const earliest = Date.now();
      await made.log.append([message(topic, "same", "first")]);
      const latest = Date.now();
      for (let at = 0; at < 6; at++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await made.log.append([message(topic, "same", String(at))]);
      }
      const { seen, consumer } = follow(made.log, group, topic);
      await eventually(() => seen.length === 7);
      await consumer.stop();
      const { partition, position } = seen[0]!;
      const own = { topic, partition };
      const before = await made.other.partitions([topic]);
      expect(before.length).toBe(4);
      expect(before.every(({ whole }) => whole)).toBe(true);
      expect(before.find((one) => one.partition === partition)!.first).toBe(position);
      expect(await made.log.begins([own])).toBe(seen[0]!.timestamp);
      expect(seen[0]!.timestamp).toBeGreaterThan(earliest - 5_000);
      expect(seen[0]!.timestamp).toBeLessThan(latest + 5_000);
      expect(await made.log.begins([own, { topic, partition: (partition + 1) % 4 }])).toBe(Infinity);

      await made.truncate(topic, partition, seen[3]!.position);
      const after = await made.other.partitions([topic]);
      expect(after.filter(({ whole }) => !whole)).toEqual([{ ...own, first: seen[3]!.position, whole: false }]);
      expect(await made.other.begins([own])).toBe(seen[3]!.timestamp);
      const places = [seen[2]!.position, seen[3]!.position, seen[6]!.next, String(Number(seen[6]!.position) + 2)];
      expect(await made.log.has(places.map((next) => ({ ...own, next })))).toEqual([false, true, true, false]);
      expect(await made.log.lag([{ ...own, next: undefined }, { ...own, next: seen[0]!.position }])).toEqual([4, 4]);
      const read = follow(made.other, `${group}-after`, topic);
      await eventually(() => read.seen.length === 4);
      expect(read.values()).toEqual(["2", "3", "4", "5"]);
      await read.consumer.stop();

      const behind = String(Number(seen[6]!.position) + 1);
      await made.truncate(topic, partition, behind);
      const end = (await made.log.partitions([topic])).find((one) => one.partition === partition);
      expect(end).toEqual({ ...own, first: behind, whole: false });
      expect(await made.log.begins([own])).toBe(Infinity);
    });

    it("stops a reader whose next message is gone, and says where", async () => {
      const { topic, group } = fresh();
      for (let at = 0; at < 5; at++) await made.log.append([message(topic, "same", String(at))]);
      const first = follow(made.log, group, topic);
      await eventually(() => first.seen.length === 5);
      await first.consumer.stop();
      const { partition, position } = first.seen[1]!;
      await made.truncate(topic, partition, first.seen[3]!.position);
      const name = `${topic}/${partition}`;
      const second = follow(made.other, group, topic, { from: new Map([[name, position]]) });
      await eventually(() => second.consumer.state().halted.includes(name));
      expect(second.seen).toEqual([]);
      await second.consumer.stop();
    });

    it("stops a reader where nothing can be read, in that partition alone, and lets it go on from behind that", async () => {
      const { topic, group } = fresh();
      const others = ["a", "b", "c", "d", "e", "f"].map((key) => message(topic, key, "other"));
      await made.log.append([message(topic, "same", "1")].concat(others));
      const { seen, values, positions, consumer } = follow(made.log, group, topic);
      await eventually(() => seen.length === 7);
      const { partition } = seen.find(({ key }) => text(key) === "same")!;
      const name = `${topic}/${partition}`;
      await made.log.append([message(topic, "same", "2")]);
      await made.addUnreadable(topic, partition);
      await made.log.append([message(topic, "same", "3")].concat(others));
      await eventually(() => consumer.state().stuck.length > 0);
      const elsewhere = others.filter(({ key }) =>
        seen.find((one) => text(one.key) === text(key))!.partition !== partition
      );
      expect(elsewhere.length).toBeGreaterThan(0);
      await eventually(() => values().filter((value) => value === "other").length >= 6 + elsewhere.length);
      await eventually(() => values().includes("2"));
      expect(values()).not.toContain("3");

      const [stuck] = consumer.state().stuck;
      expect(stuck!.name).toBe(name);
      expect(stuck!.remedy).toBe(`deno task dead-letters park ${name}@${stuck!.position} sets it aside`);
      const next = positions.get(name);
      const record = await made.other.unreadableAt({ topic, partition, next });
      expect(record).toMatchObject({ position: stuck!.position, reason: stuck!.reason });
      expect(record!.value!.length).toBeGreaterThan(0);
      const readable = [...positions].filter(([one]) => one !== name).map(([one, next]) => (
        { topic, partition: Number(one.slice(topic.length + 1)), next }
      ));
      for (const cursor of readable) expect(await made.log.unreadableAt(cursor)).toBe(undefined);

      positions.set(name, record!.next!);
      await eventually(() => values().includes("3"), 20_000);
      expect(consumer.state().stuck).toEqual([]);
      expect(values().filter((value) => value !== "other")).toEqual(["1", "2", "3"]);
      await consumer.stop();
    });

    it("has one id for good, the same from every handle", async () => {
      expect(await made.log.id()).toBe(await made.other.id());
    });
  });
}
