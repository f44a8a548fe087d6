import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Admin } from "kafkajs";
import { createClient } from "@/adapters/kafka/connection/client.ts";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { followTopic } from "@/tests/support/kafka/follow_topic.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";
const CODECS = ["gzip", "snappy", "lz4", "zstd"];

if (brokers !== "") {
  describe("a Kafka topic whose broker compresses what is sent to it", () => {
    const parts = {
      brokers: brokers.split(","),
      clientId: "codecs",
      prefix: `c${crypto.randomUUID().slice(0, 8)}.`,
      logger,
      clock,
    };
    const log = openKafkaLog(parts);
    let admin: Admin;
    before(async () => {
      admin = createClient(parts).admin();
      await admin.connect();
    });
    after(async () => {
      await log.close();
      await admin.disconnect();
    });

    const compress = async (topic: string, codec: string) =>
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{
          type: 2,
          name: parts.prefix + topic,
          configEntries: [{ name: "compression.type", value: codec }],
        }],
      });
    const send = (topic: string, name: string) =>
      log.append(
        Array.from({ length: 50 }, (_, at) => message(topic, "k", `${name} ${at} ${"again and ".repeat(at)}`)),
      );
    const sent = (name: string) => Array.from({ length: 50 }, (_, at) => `${name} ${at} ${"again and ".repeat(at)}`);

    for (const codec of CODECS) {
      it(`is read, and knows how far back it reaches: ${codec}`, async () => {
        await ensureTopics(parts, [codec], { partitions: 1 });
        await compress(codec, codec);
        await send(codec, "first");
        const read = followTopic(log, codec);
        expect(await read.until(50)).toEqual(sent("first"));
        const cursor = { topic: codec, partition: 0, next: read.last().next };
        expect(await log.lag([cursor])).toEqual([0]);
        expect(await log.has([cursor])).toEqual([true]);
        expect(await log.begins([cursor])).toBe(read.first().timestamp);
        expect(await log.unreadableAt({ ...cursor, next: undefined })).toBe(undefined);
        await send(codec, "second");
        expect((await read.until(100)).slice(50)).toEqual(sent("second"));
        await read.stop();
      });
    }

    it("is read in order where the codec has changed all the time", async () => {
      await ensureTopics(parts, ["mixed"], { partitions: 1 });
      const all = [...CODECS, "uncompressed", ...CODECS.toReversed()];
      for (const [at, codec] of all.entries()) {
        await compress("mixed", codec);
        await send("mixed", `${at}`);
      }
      const read = followTopic(log, "mixed");
      expect(await read.until(50 * all.length)).toEqual(all.flatMap((_, at) => sent(`${at}`)));
      await read.stop();
    });
  });
}
