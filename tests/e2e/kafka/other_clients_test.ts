import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { followTopic } from "@/tests/support/kafka/follow_topic.ts";
import { CODECS, findClients, type TextRecord } from "@/tests/support/kafka/other_clients.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

/** Records of every size: some that are longer than the blocks of a codec, of text that compresses more or less. */
const recordsOf = (name: string): TextRecord[] =>
  Array.from({ length: 40 }, (_, at) => ({
    key: `key ${at % 7}`,
    value: at === 20
      ? Array.from({ length: 30_000 }, (_, index) => `${(index * index) % (at + 1)} `).join("")
      : `${name} ${at} ${"and the same again ".repeat(at)}`,
    headers: { "content-type": "text/plain", place: `${name} ${at}` },
  }));

if (brokers !== "") {
  const parts = {
    brokers: brokers.split(","),
    clientId: "other",
    prefix: `o${crypto.randomUUID().slice(0, 8)}.`,
    logger,
    clock,
  };
  const clients = await findClients(brokers);

  for (const client of clients) {
    describe(`records that ${client.name} has compressed`, () => {
      const log = openKafkaLog(parts);
      after(() => log.close());
      const fresh = async (name: string) => {
        const topic = `${client.name}-${name}`;
        await ensureTopics(parts, [topic], { partitions: 1 });
        return { topic, onCluster: parts.prefix + topic };
      };
      const contentOf = ({ seen }: ReturnType<typeof followTopic>) =>
        seen.map(({ key, value, headers }) => ({ key: text(key), value: text(value), headers: { ...headers } }));

      for (const codec of CODECS) {
        it(`are read as they were sent: ${codec}`, async () => {
          const { topic, onCluster } = await fresh(codec);
          await client.send({ topic: onCluster, codec, records: recordsOf(codec) });
          const read = followTopic(log, topic);
          await read.until(40);
          expect(contentOf(read)).toEqual(recordsOf(codec));
          await read.stop();
        });
      }

      it("are read in order where every codec is in one partition", async () => {
        const { topic, onCluster } = await fresh("mixed");
        const read = followTopic(log, topic);
        const order = [...CODECS, "none", "gzip"] as const;
        for (const codec of order) await client.send({ topic: onCluster, codec, records: recordsOf(codec) });
        await read.until(40 * order.length);
        expect(contentOf(read)).toEqual(order.flatMap(recordsOf));
        await read.stop();
      });

      it("are read of transactions that were committed, and not of those that were aborted", async () => {
        const { topic, onCluster } = await fresh("transactions");
        const read = followTopic(log, topic);
        for (const codec of CODECS) {
          const [one] = recordsOf(codec) as [TextRecord];
          const records = Array.from({ length: 5 }, () => one);
          await client.sendInTransaction({ topic: onCluster, codec, records: [{ ...one, value: "aborted" }] }, "abort");
          await client.sendInTransaction({ topic: onCluster, codec, records }, "commit");
        }
        const wanted = CODECS.flatMap((codec) => Array.from({ length: 5 }, () => recordsOf(codec)[0]!.value));
        expect(await read.until(wanted.length)).toEqual(wanted);
        expect(read.state().stuck).toEqual([]);
        await read.stop();
      });
    });
  }
}
