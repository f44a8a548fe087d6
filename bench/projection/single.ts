/** Counting views as tutorials do: kafkajs as it is, one upsert a message, offsets committed now and then. */
import { Kafka, logLevel } from "kafkajs";
import { createConnection } from "mysql2";
import { consume, type Topic } from "./consume.ts";

/** `database`: is made, for whoever calls to drop. */
export async function runSingle(url: string, database: string, topic: Topic): Promise<number> {
  const connection = await createConnection({ uri: url });
  await connection.query("CREATE DATABASE ??", [database]);
  await connection.query("CREATE TABLE ??.book_count (book VARCHAR(64) PRIMARY KEY, count BIGINT NOT NULL)", [
    database,
  ]);
  const client = new Kafka({ brokers: topic.brokers.split(","), logLevel: logLevel.NOTHING });
  const speed = await consume(client, topic, async ({ batch, heartbeat }, count) => {
    for (const { value } of batch.messages) {
      const { book } = JSON.parse(String(value));
      await connection.query(
        `INSERT INTO \`${database}\`.book_count VALUES (?, 1) ON DUPLICATE KEY UPDATE count = count + 1`,
        [book],
      );
      count(1);
      await heartbeat();
    }
  });
  await connection.end();
  return speed;
}
