import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY } from "@/domain/hours.ts";
import type { Batch, EventLog } from "@/application/messaging/wire/event_log.ts";
import type { TrimmableLog } from "@/application/messaging/retention/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";

const TOPIC = "kept";

type KeptLogUnderTest = {
  log: EventLog & TrimmableLog;
  now(): number;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  close(): Promise<void>;
};

/** What a log that the suite keeps itself promises about the time that messages are kept. */
export function keptLogContract(name: string, make: () => Promise<KeptLogUnderTest>): void {
  describe(`retention of the event log: ${name}`, () => {
    let made: KeptLogUnderTest;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());
    const together = (...values: number[]) =>
      made.log.append(values.map((value) => message(TOPIC, "k", String(value))));
    const append = async (...values: number[]) => {
      for (const value of values) await together(value);
    };
    const trim = (read: number, any: number, most = 100) =>
      made.log.trim({ read: made.now() - read * DAY, any: made.now() - any * DAY }, most);
    /** A group that handles messages up to a number and then fails. */
    const follow = (group: string, most: number, topics = [TOPIC], passing = false) => {
      const seen: number[] = [];
      const next = new Map<string, string>();
      const consumer = made.log.subscribe({
        group,
        topics,
        ephemeral: passing,
        open: (topic) => Promise.resolve(next.get(topic)),
        handle({ topic, messages }: Batch) {
          const own = messages.filter((one) => Number(text(one.value)) <= most);
          if (own.length === 0) return Promise.reject(new Error("not yet"));
          seen.push(...own.map((one) => Number(text(one.value))));
          next.set(topic, own.at(-1)!.next);
          return Promise.resolve(own.at(-1)!.next);
        },
      });
      return { seen, consumer };
    };

    it("messages go when they are old enough and every group has read them, later also when one has not, which then halts", async () => {
      await append(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      const [quick, slow] = [follow("quick", Infinity), follow("slow", 3)];
      await eventually(() => quick.seen.length === 10 && slow.seen.length === 4);
      made.pass(2 * DAY);
      expect(await trim(3, 30)).toBe(0);
      made.pass(2 * DAY);
      // Where the slow group stands is known a beat later.
      expect(await eventually(async () => await trim(3, 30, 3) || undefined)).toBe(3);
      expect([await trim(3, 30), await trim(3, 30)]).toEqual([1, 0]);
      expect(slow.consumer.state().halted).toEqual([]);
      const late = follow("late", Infinity);
      await eventually(() => late.seen.length === 6);
      expect(late.seen).toEqual([4, 5, 6, 7, 8, 9]);
      made.pass(27 * DAY);
      expect(await trim(3, 30)).toBe(6);
      await append(10);
      await eventually(() => slow.consumer.state().halted.length === 1);
      await eventually(() => quick.seen.length === 11 && late.seen.length === 7);
      expect(slow.seen).toEqual([0, 1, 2, 3]);
      for (const { consumer } of [quick, slow, late]) await consumer.stop();
    });

    it("messages that were appended together stay until every group has read the last of them", async () => {
      const topic = "together";
      await made.log.append([0, 1, 2].map((value) => message(topic, "k", String(value))));
      const [quick, slow] = [follow("all", Infinity, [topic]), follow("some", 1, [topic])];
      await eventually(() => quick.seen.length === 3 && slow.seen.length === 2);
      made.pass(4 * DAY);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await trim(3, 300)).toBe(0);
      await slow.consumer.stop();
      const late = follow("some", Infinity, [topic]);
      await eventually(() => late.seen.length === 3);
      expect(await eventually(async () => await trim(3, 300) || undefined)).toBe(1);
      for (const { consumer } of [quick, late]) await consumer.stop();
    });

    it("a group that has stopped still counts", async () => {
      const gone = follow("gone", 10);
      await eventually(() => gone.seen.includes(10));
      await gone.consumer.stop();
      await append(11, 12);
      const other = follow("other", Infinity, [TOPIC, "beside"]);
      await made.log.append([message("beside", "k", "13")]);
      await eventually(() => other.seen.includes(12) && other.seen.includes(13));
      made.pass(4 * DAY);
      // What only the other group follows goes; where the one that is gone has not been, all stays.
      await eventually(async () => await trim(3, 300) || undefined);
      const again = follow("fresh", Infinity);
      await eventually(() => again.seen.includes(12));
      expect(again.seen.slice(-2)).toEqual([11, 12]);
      for (const { consumer } of [other, again]) await consumer.stop();
    });

    it("a group that only passes by is not waited for", async () => {
      const topic = ["passed"];
      await made.log.append([1, 2, 3].map((value) => message("passed", "k", String(value))));
      const [stays, passes] = [follow("stays", Infinity, topic), follow("passes", 1, topic, true)];
      await eventually(() => stays.seen.length === 3 && passes.seen.length === 1);
      await passes.consumer.stop();
      made.pass(4 * DAY);
      const places = [0, 1, 2, 3].map((partition) => ({ topic: "passed", partition, next: undefined }));
      await eventually(async () => {
        await trim(3, 300);
        return (await made.log.lag(places)).every((left) => left === 0);
      });
      await stays.consumer.stop();
    });

    it("size() grows with what is appended", async () => {
      const before = await made.log.size();
      // What repeats itself is stored smaller than it is.
      const value = Array.from({ length: 3_000 }, () => crypto.randomUUID()).join("");
      await made.log.append([message(TOPIC, "k", value)]);
      expect(await made.log.size()).toBeGreaterThan(before + value.length / 3);
    });
  });
}
