import { after, afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { METADATA_AGE_MS } from "@/adapters/kafka/connection/client.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { followTopic } from "@/tests/support/kafka/follow_topic.ts";
import { BROKERS } from "@/tests/support/kafka/kafka_topic.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, operate, ready } from "@/tests/support/processes/processes.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";

const TOKEN = "token-of-the-partitions";
const TOPIC = TOPICS.catalogEvents;
const KEYS = Array.from({ length: 12 }, (_, at) => `book-${at}`);

describe("deno task topics add-partitions", { skip: BROKERS.length === 0 ? "needs KAFKA_BROKERS" : false }, () => {
  const running: Started[] = [];
  const folders: string[] = [];
  afterEach(() => killAll(running.splice(0)));
  after(() => Promise.all(folders.map((folder) => Deno.remove(folder, { recursive: true }))));

  function shop() {
    const folder = Deno.makeTempDirSync();
    folders.push(folder);
    const prefix = `add-${crypto.randomUUID().slice(0, 8)}.`;
    const env = {
      DATA_DIR: folder,
      KAFKA_BROKERS: BROKERS.join(","),
      KAFKA_PREFIX: prefix,
      KAFKA_PARTITIONS: "3",
      SAMPLE_CATALOGUE: "off",
      ADMIN_TOKEN: TOKEN,
    };
    const log = openKafkaLog({ brokers: BROKERS, clientId: "test", prefix, logger, clock });
    const topics = (...args: string[]) => operate("topics", args, env);
    return { env, log, topics };
  }
  /** Puts a title on each book, the next one each time: one more message of each key. */
  async function write(web: Started, round: number): Promise<void> {
    for (const id of KEYS) {
      const response = await fetch(`${web.url("web")}/v1/books`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({ id: `${id}-${round}`, title: `${round}` }),
      });
      await response.body?.cancel();
      expect(response.status).toBe(201);
    }
  }

  it("pauses the relays, waits until all is read, and lets no key's messages change their order, while the shop is open", async () => {
    const { env, log, topics } = shop();
    const suite = await ready("suite", env);
    running.push(suite);
    const reader = followTopic(log, TOPIC);
    const asked = async (path: string, method: string, body: unknown, etag?: string) => {
      const response = await fetch(suite.url("web") + path, {
        method,
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${TOKEN}`,
          ...(etag === undefined ? {} : { "if-match": etag }),
        },
        body: JSON.stringify(body),
      });
      await response.body?.cancel();
      expect(response.ok).toBe(true);
      return response.headers.get("etag")!;
    };
    const etags = new Map<string, string>();
    for (const id of KEYS) etags.set(id, await asked("/v1/books", "POST", { id, title: "0" }));
    let over = false;
    let rounds = 0;
    const writing = (async () => {
      while (!over) {
        rounds++;
        for (const id of KEYS) {
          etags.set(id, await asked(`/v1/books/${id}`, "PUT", { title: String(rounds) }, etags.get(id)));
        }
        await clock.sleep(100);
      }
    })();
    const from = Date.now();
    const { code, out, err } = await topics("add-partitions", TOPIC, "7");
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`${TOPIC} has 7 partitions, and everything before them was read`),
    ]);
    expect(err).toContain("the relays are paused");
    const tookMs = Date.now() - from;
    const before = rounds;
    await eventually(() => rounds > before + 20);
    over = true;
    await writing;
    const wanted = KEYS.length * (rounds + 1);
    await reader.until(wanted);
    // In each partition by itself, and from one to the next: the last in the old one comes before the first in the new one.
    const times = reader.seen.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, at) => ({ from: times[at]!, to: time, ms: time - times[at]! }));
    const pause = gaps.toSorted((a, b) => b.ms - a.ms)[0]!;
    expect(pause.ms).toBeGreaterThan(METADATA_AGE_MS);
    let moved = 0;
    for (const id of KEYS) {
      const all = reader.seen.filter(({ key }) => text(key) === id);
      for (
        const some of [
          all.filter((one) => one.timestamp < pause.to),
          all.filter((one) => one.timestamp >= pause.to),
        ]
      ) {
        expect(new Set(some.map(({ partition }) => partition)).size).toBe(1);
      }
      const own = all.map(({ value, partition }) => ({
        version: Number(JSON.parse(text(value)!).version),
        partition,
      }));
      const byPartition = [...Map.groupBy(own, (one) => one.partition).values()]
        .map((some) => some.map(({ version }) => version)).sort(([a], [b]) => a! - b!);
      expect(byPartition.flat()).toEqual(Array.from({ length: rounds + 1 }, (_, at) => at + 1));
      moved += byPartition.length - 1;
    }
    expect([moved > 0, reader.seen.some(({ partition }) => partition > 2)]).toEqual([true, true]);
    expect(reader.seen.length).toBe(wanted);
    expect(tookMs).toBeLessThan(90_000);
    expect(suite.err()).not.toContain("shards-vacant");
    await reader.stop();
    await log.close();
  });

  it("refuses with words while a consumer has not read what is there, changes nothing, and is forced to by --force", async () => {
    const { env, log, topics } = shop();
    const web = await ready("web", { ...env, KAFKA_PARTITIONS: "2" });
    running.push(web);
    await write(web, 1);
    const has = async () => (await log.partitions([TOPIC])).length;
    await eventually(async () => (await log.lag([{ topic: TOPIC, partition: 0, next: undefined }]))[0]! > 0);
    const refused = await topics("add-partitions", TOPIC, "5", "--wait", "3");
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(
        /nothing was changed, as trend has not read [\d,]+ messages?, recommendation has .*--force/,
      ),
    ]);
    expect(await has()).toBe(2);
    // The relays went on.
    await write(web, 2);
    await eventually(async () =>
      (await log.lag([0, 1].map((partition) => ({ topic: TOPIC, partition, next: undefined }))))
        .reduce((sum, one) => sum + one) === 2 * KEYS.length
    );
    for (
      const [args, says] of [
        [[TOPIC, "2"], /has 2 partitions; wanted more/],
        [[env.KAFKA_PREFIX + TOPIC, "2"], /has 2 partitions; wanted more/],
        [["other", "9"], /no topic of the suite: other/],
        [[TOPIC, "many"], /partitions: wanted a whole number/],
      ] as const
    ) {
      const { code, err } = await topics("add-partitions", ...args);
      expect([code, err]).toEqual([1, expect.stringMatching(says)]);
    }
    const forced = await topics("add-partitions", TOPIC, "5", "--force");
    expect([forced.code, forced.out]).toEqual([0, expect.stringContaining("may be handled after later ones")]);
    const listed = JSON.parse((await topics("list", "--json")).out);
    expect(listed.find(({ topic }: { topic: string }) => topic === TOPIC)).toEqual({
      topic: TOPIC,
      partitions: 5,
      replicas: 1,
      retention_ms: 90 * 24 * 3_600_000,
      differences: [],
    });
    expect((await topics()).out).toContain(
      "has fewer partitions than KAFKA_PARTITIONS (3): deno task topics add-partitions bookstream.activity.events 3",
    );
    await log.close();
  });
});
