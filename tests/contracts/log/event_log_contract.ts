import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Refused } from "@/application/faults.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";
import { gapRules } from "./gap_rules.ts";
import { follow, fresh, type LogUnderTest } from "./log_under_test.ts";

/** What every event log promises. */
export function eventLogContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`event log: ${name}`, () => {
    let made: LogUnderTest;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());

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

    it("has one id for good, the same from every handle", async () => {
      expect(await made.log.id()).toBe(await made.other.id());
    });

    gapRules(() => made);
  });
}
