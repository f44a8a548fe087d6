import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createClient } from "@/adapters/kafka/connection/client.ts";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { DAY } from "@/domain/hours.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

describe("topics on Kafka", { skip: brokers === "" ? "needs KAFKA_BROKERS" : false }, () => {
  const prefix = `topics-${crypto.randomUUID().slice(0, 8)}.`;
  const said: { event: string; facts: unknown }[] = [];
  const logger = { ...silent, warn: (event: string, facts?: object) => void said.push({ event, facts }) };
  const parts = { brokers: brokers.split(","), clientId: "topics", prefix, logger, clock };
  const admin = createClient(parts).admin();
  before(() => admin.connect());
  after(() => admin.disconnect());

  const settingOf = async (topic: string, name: string): Promise<string | undefined> => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: prefix + topic, configNames: [name] }],
    });
    return resources[0]!.configEntries.find(({ configName }) => configName === name)?.configValue;
  };

  it("are made with the retention and replicas that were asked for, and are never compacted", async () => {
    const options = { partitions: 2, replicas: 1, retentionMs: 90 * DAY };
    expect(await ensureTopics(parts, ["fresh"], options)).toEqual([]);
    expect(await settingOf("fresh", "retention.ms")).toBe(String(90 * DAY));
    expect(await settingOf("fresh", "cleanup.policy")).toBe("delete");
    expect(await settingOf("fresh", "min.insync.replicas")).toBe("1");
    expect(await ensureTopics(parts, ["fresh"], options)).toEqual([]);
  });

  it("that were there and keep less are said at start, and stay as they are", async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{
        topic: `${prefix}old`,
        numPartitions: 1,
        configEntries: [{ name: "retention.ms", value: String(7 * DAY) }, { name: "cleanup.policy", value: "compact" }],
      }],
    });
    const log = openKafkaLog(parts, { topics: ["old"], partitions: 2, replicas: 3, retentionMs: 90 * DAY });
    await log.id();
    await log.close();
    const topic = `${prefix}old`;
    const differs = said.filter(({ event }) => event === "topic-differs").map(({ facts }) => facts);
    expect(differs).toContainEqual({ topic, setting: "replicas", found: "1", wanted: "3" });
    expect(differs).toContainEqual({
      topic,
      setting: "retention.ms",
      found: String(7 * DAY),
      wanted: String(90 * DAY),
    });
    expect(differs).toContainEqual({ topic, setting: "cleanup.policy", found: "compact", wanted: "delete" });
    expect(await settingOf("old", "retention.ms")).toBe(String(7 * DAY));
  });

  it("that keep for ever keep enough", async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: `${prefix}ever`, numPartitions: 1, configEntries: [{ name: "retention.ms", value: "-1" }] }],
    });
    expect(await ensureTopics(parts, ["ever"], { partitions: 1, retentionMs: 90 * DAY })).toEqual([]);
  });

  it("made by two processes at once are made once, and neither fails", async () => {
    const options = { partitions: 3, retentionMs: DAY };
    await Promise.all(Array.from({ length: 4 }, () => ensureTopics(parts, ["raced", "raced-too"], options)));
    const log = openKafkaLog(parts);
    // Whoever found them made need not wait until each partition has a leader, without which it has no offsets.
    expect((await eventually(() => log.partitions(["raced", "raced-too"]))).length).toBe(6);
    await log.close();
  });
});
