import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY } from "@/domain/hours.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import type { Clock } from "@/application/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";

type OpenLog = EventLog & { close(): Promise<void> };
type LogByClock = { open(clock: Clock): Promise<OpenLog>; close(): Promise<void> };

const TOPIC = "by-clock";
const SOON_MS = 15_000;

/** What a log promises whose groups say by a clock who is alive: a clock that is set back holds nobody up. */
export function groupClockContract(name: string, make: () => Promise<LogByClock>): void {
  describe(`groups of the event log on a clock that is set back: ${name}`, () => {
    let made: LogByClock;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());
    const shifted = () => {
      const clock = { ...systemClock, by: 0, now: () => systemClock.now() + clock.by };
      return clock;
    };
    const follow = (log: EventLog, group: string) => {
      const seen: (string | null)[] = [];
      const next = new Map<number, string>();
      const consumer = log.subscribe({
        group,
        topics: [TOPIC],
        open: (_, partition) => Promise.resolve(next.get(partition)),
        handle({ partition, messages }) {
          seen.push(...messages.map(({ value }) => text(value)));
          next.set(partition, messages.at(-1)!.next);
          return Promise.resolve(messages.at(-1)!.next);
        },
      });
      return { seen, consumer };
    };

    it("a member that died before it was is waited for no longer than any other", async () => {
      const ahead = shifted();
      ahead.by = 2 * DAY;
      const dead = await made.open(ahead);
      const gone = follow(dead, "died");
      await eventually(() => gone.consumer.state().assigned.length === 4);
      await dead.close();
      const log = await made.open(systemClock);
      const back = follow(log, "died");
      await log.append([message(TOPIC, "k", "one")]);
      await eventually(() => back.consumer.state().assigned.length === 4 && back.seen.includes("one"), SOON_MS);
      await back.consumer.stop();
      await gone.consumer.stop().catch(() => {});
      await log.close();
    });

    it("members that live through it keep their partitions, and a new one gets its share", async () => {
      const clock = shifted();
      clock.by = 2 * DAY;
      const [log, other] = [await made.open(clock), await made.open(clock)];
      const [one, two] = [follow(log, "lived"), follow(other, "lived")];
      await eventually(() => one.consumer.state().assigned.length === 2 && two.consumer.state().assigned.length === 2);
      const kept = one.consumer.state().assigned;
      clock.by = 0;
      await log.append([message(TOPIC, "k", "two")]);
      await eventually(() => [...one.seen, ...two.seen].includes("two"), SOON_MS);
      // For longer than a session.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect([one.consumer.state().assigned, two.consumer.state().assigned.length]).toEqual([kept, 2]);
      const three = follow(other, "lived");
      await eventually(() => three.consumer.state().assigned.length > 0, SOON_MS);
      for (const { consumer } of [one, two, three]) await consumer.stop();
      await log.close();
      await other.close();
    });

    it("a partition that rests after failures goes on", async () => {
      const clock = shifted();
      clock.by = 2 * DAY;
      const log = await made.open(clock);
      let [failures, mended, handled] = [0, false, 0];
      const consumer = log.subscribe({
        group: "rested",
        topics: ["rests"],
        open: () => Promise.resolve(undefined),
        handle({ messages }) {
          if (!mended) return Promise.reject(new Error(`not yet ${++failures}`));
          handled += messages.length;
          return Promise.resolve(messages.at(-1)!.next);
        },
      });
      await log.append([message("rests", "k", "three")]);
      await eventually(() => failures === 5);
      // Later than the failure, so that the rest began on the clock as it was.
      await new Promise((resolve) => setTimeout(resolve, 50));
      [clock.by, mended] = [0, true];
      await eventually(() => handled === 1, SOON_MS);
      await consumer.stop();
      await log.close();
    });
  });
}
