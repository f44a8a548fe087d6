import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { at } from "@/tests/oracle/messages.ts";
import type { Scenario } from "../scenario.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { startResourceWatch } from "@/tests/faults/evidence/resource_watch.ts";

const LASTS_MS = 60_000;
const ROUND_MS = 30_000;
const DAY_MS = 86_400_000;
/** Rows of so long ago at least are made older: nobody is at work with them any more. */
const LEAST_MS = 30_000;
const CONSUMER_LAG_MS = 120_000;

/** Keeps every message that was ever in the log, whatever retention removes. */
function keepMessages({ topics }: World) {
  const kept = new Map<string, Incoming>();
  const { dump } = topics;
  async function all(): Promise<Incoming[]> {
    for (const message of await dump()) if (!kept.has(at(message))) kept.set(at(message), message);
    const order = ({ topic, partition }: Incoming) => `${topic}/${partition}`;
    return [...kept.values()].sort((a, b) =>
      order(a) === order(b) ? Number(BigInt(a.position) - BigInt(b.position)) : order(a) < order(b) ? -1 : 1
    );
  }
  topics.dump = all;
  return all;
}

/** Lets two days pass for what retention removes: ids of handled commands, and messages that everybody has read. */
async function age({ tables, topics }: World, messages: Incoming[]): Promise<void> {
  const before = Date.now() - LEAST_MS;
  await tables.write(
    "web",
    `UPDATE inbox SET time = time - ${2 * DAY_MS} WHERE time BETWEEN ${before - DAY_MS} AND ${before}`,
  );
  const old = messages.filter(({ timestamp }) => timestamp < Date.now() - CONSUMER_LAG_MS);
  await topics.age(old, 2 * DAY_MS);
}

/** One data set under an even load, for long. */
export const SOAK: Scenario[] = [
  {
    id: "F53",
    title: "an even load for as long as asked, while retention and purge are at work",
    how:
      "The same few books and readers all the time. What retention removes is made two days older again and again: messages that " +
      "everybody has read, and the ids of handled commands. Memory, open files, disk and rates must stay as they are once all is warm.",
    needs: [],
    invariants: ["I14", "I1", "I3"],
    load: { clients: 2, books: 10, readers: 20, batch: [2, 15], pause: [100, 300] },
    partitions: 3,
    members: ["trend", "recommendation", "web"].map((name) => ({
      name,
      env: { LOG_DAYS: "1", LOG_MOST_DAYS: "30", COMMAND_ID_DAYS: "1", LETTER_DAYS: "1", LOG_LEVEL: "info" },
    })),
    async run(world) {
      const { services, now, sleep, say, measure, breach, lastsMs = LASTS_MS } = world;
      const until = now() + lastsMs;
      const messages = keepMessages(world);
      const watch = startResourceWatch(world);
      while (now() < until) {
        await sleep(Math.min(ROUND_MS, Math.max(0, until - now())));
        const all = await messages();
        await age(world, all);
        say(`${all.length} messages so far; ${watch.latest()}`);
      }
      watch.stop();
      const purged = services.names().flatMap((
        name,
      ) => [...services.log(name).matchAll(/"event":"purged","kind":"([^"]+)","rows":(\d+)/g)]);
      const rows = Map.groupBy(purged, ([, kind]) => kind!);
      for (const [kind, own] of rows) {
        measure(
          `purged ${kind}`,
          own.reduce((sum, [, , count]) => sum + Number(count), 0),
        );
      }
      if (purged.length === 0 && lastsMs > 5 * LASTS_MS) breach("run", "nothing was purged in all that time");
    },
  },
];
