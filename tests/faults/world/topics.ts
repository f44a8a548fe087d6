import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Admin } from "kafkajs";
import { createClient, type KafkaConnection, prefixTopic } from "@/adapters/kafka/connection/client.ts";
import { messagesOf } from "@/adapters/kafka/consuming/incoming.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { stuckOf } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import { createPublisher } from "@/adapters/kafka/publisher.ts";
import { statementsOf, type SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import { readNextPositions } from "@/adapters/sqlite/log/reader.ts";
import { numberOf, placeOf } from "@/adapters/sqlite/log/rows.ts";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { storedIn } from "@/tests/support/messaging/stored_log.ts";

/** The log read and written directly, past the services and the proxies. */
export interface Topics {
  /** Where each partition ends, by `topic/partition`; empty partitions are left out. */
  ends(): Promise<Map<string, string>>;
  /** Every message there is, in the order of its partition. */
  dump(): Promise<Incoming[]>;
  append(messages: Outgoing[]): Promise<void>;
  /** Makes messages that everybody has read older, so that retention removes them: at once where Kafka would take minutes. */
  age(messages: Incoming[], byMs: number): Promise<void>;
  /** The name of a topic on the cluster. */
  named(topic: string): string;
  /** Does something with Kafka's own administration. */
  administer<Value>(work: (admin: Admin) => Promise<Value>): Promise<Value>;
  clear(): Promise<void>;
}

export function kafkaTopics(port: number, prefix: string): Topics {
  const parts: KafkaConnection = { brokers: [`127.0.0.1:${port}`], clientId: "faults", prefix, logger };
  const publisher = createPublisher(parts);
  const administer = async <Value>(work: (admin: Admin) => Promise<Value>): Promise<Value> => {
    const admin = createClient(parts).admin();
    await admin.connect();
    return await work(admin).finally(() => admin.disconnect());
  };
  const ends = () =>
    administer(async (admin) => {
      const known = new Map<string, string>();
      for (const topic of ALL_TOPICS) {
        for (const { partition, low, high } of await admin.fetchTopicOffsets(prefixTopic(parts, topic))) {
          if (high !== low) known.set(`${topic}/${partition}`, high);
        }
      }
      return known;
    });
  return {
    ends,
    administer,
    named: (topic) => prefixTopic(parts, topic),
    append: (messages) => publisher.append(messages),
    age: (messages) =>
      administer(async (admin) => {
        for (const [topic, own] of Map.groupBy(messages, ({ topic }) => prefixTopic(parts, topic))) {
          const next = Map.groupBy(own, ({ partition }) => partition);
          // The client deletes only from topics that it has asked something about before.
          await admin.fetchTopicOffsets(topic);
          await admin.deleteTopicRecords({
            topic,
            partitions: [...next].map(([partition, some]) => ({ partition, offset: offsetAfter(some) })),
          });
        }
      }),
    async dump() {
      const left = new Map(await ends());
      const found: Incoming[] = [];
      if (left.size === 0) return found;
      const consumer = createClient(parts).consumer({ groupId: `${prefix}dump-${crypto.randomUUID()}` });
      await consumer.connect();
      await consumer.subscribe({ topics: ALL_TOPICS.map((topic) => prefixTopic(parts, topic)), fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          const topic = batch.topic.slice(prefix.length);
          const name = `${topic}/${batch.partition}`;
          const end = left.get(name);
          const isStuck = stuckOf(batch.messages.at(-1)!) !== undefined;
          const messages = messagesOf(topic, batch).slice(0, isStuck ? -1 : undefined);
          if (end !== undefined) {
            found.push(...messages.filter((_, at) => BigInt(batch.messages[at]!.offset) < BigInt(end)));
          }
          if (end !== undefined && BigInt(batch.lastOffset()) + 1n >= BigInt(end)) left.delete(name);
          return Promise.resolve();
        },
      });
      await eventually(() => left.size === 0, 60_000);
      await consumer.disconnect();
      return found;
    },
    async clear() {
      await publisher.close();
      await administer((admin) => admin.deleteTopics({ topics: ALL_TOPICS.map((topic) => prefixTopic(parts, topic)) }));
    },
  };
}

const offsetAfter = (messages: Incoming[]): string =>
  String(messages.map(({ position }) => BigInt(position) + 1n).reduce((a, b) => a > b ? a : b));

/** The embedded log, read from its file. */
export function sqliteTopics(folder: string): Topics {
  const path = join(folder, "log.db");
  const read = <Value>(look: (statements: SyncStatements) => Value): Value => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return look(statementsOf(database));
    } finally {
      database.close();
    }
  };
  let log: ReturnType<typeof openEventLog> | undefined;
  return {
    ends: () =>
      Promise.resolve(read(readNextPositions)).then((heads) =>
        new Map([...heads].map(([name, next]) => [name, String(next)]))
      ),
    dump: () => Promise.resolve(read(storedIn)),
    async age(messages, byMs) {
      const database = new DatabaseSync(path, { timeout: 5_000 });
      try {
        const { get, run } = statementsOf(database);
        database.exec("BEGIN IMMEDIATE");
        // A row is as old as its messages, and goes by the position of the last one.
        for (const { topic, partition, position, timestamp } of messages) {
          const place = placeOf(numberOf(get, { topic, partition }), Number(position));
          run("UPDATE pack SET time = ? WHERE place = ?", timestamp - byMs, place);
        }
        database.exec("COMMIT");
      } finally {
        database.close();
      }
      await Promise.resolve();
    },
    append: async (messages) => await (await (log ??= openEventLog({ path, clock, ids, logger }))).append(messages),
    named: (topic) => topic,
    administer: () => Promise.reject(new Error("this log is a file, not Kafka")),
    clear: async () => await (await log)?.close(),
  };
}
