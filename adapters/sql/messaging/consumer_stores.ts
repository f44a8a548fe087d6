import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { PositionKey, Positions, StoredPosition } from "@/application/messaging/consuming/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import { textOf } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { createDeadLetterClosing, createDeadLetters } from "./dead_letters.ts";

const TOPIC = "consumer = ? AND version = ? AND log_id = ? AND topic = ?";
const topicOf = ({ consumer, version, logId, topic }: PositionKey) => [consumer, version, logId, topic];
const keyOf = (key: PositionKey) => [...topicOf(key), key.partition];
const nameOf = (key: PositionKey) => JSON.stringify(keyOf(key));

/** Creates the consumed positions of a transaction. */
function createPositions(statements: Statements): Positions {
  const { dialect, all, run, runEach } = statements;
  // Without the hint the server may scan a small table, and wait for positions that other owners have locked.
  const table = `consumer_position ${dialect.byIndex("PRIMARY")}`;

  async function lock(keys: PositionKey[]): ReturnType<Positions["lock"]> {
    const sql = `SELECT \`partition\`, next, epoch FROM ${table} WHERE ${TOPIC} AND \`partition\` IN (?)
      ORDER BY \`partition\` ${dialect.forUpdate}`;
    const stored = new Map<string, StoredPosition>();
    for (const own of byTopic(keys)) {
      const partitions = own.map(({ partition }) => partition).sort((a, b) => a - b);
      for (const row of await allOf(statements, sql, topicOf(own[0]!), partitions)) {
        const key = { ...own[0]!, partition: Number(row.partition) };
        stored.set(nameOf(key), { next: textOf(row.next), epoch: Number(row.epoch) });
      }
    }
    return keys.map((key) => stored.get(nameOf(key)));
  }

  return {
    async claim(key, owner) {
      await run(
        `INSERT INTO consumer_position (consumer, version, log_id, topic, \`partition\`, next, epoch, owner)
         VALUES (?, ?, ?, ?, ?, NULL, 1, ?) ${dialect.onConflict} epoch = epoch + 1, owner = ${dialect.given("owner")}`,
        [...keyOf(key), owner],
      );
      return (await lock([key]))[0]!;
    },
    lock,
    async move(moves) {
      if (dialect.isLocal) {
        const sql = `UPDATE consumer_position SET next = ? WHERE ${TOPIC} AND \`partition\` = ?`;
        return void await runEach(sql, moves.map(({ key, next }) => [next, ...keyOf(key)]));
      }
      const nextOf = new Map(moves.map(({ key, next }) => [nameOf(key), next]));
      for (const own of byTopic(moves.map(({ key }) => key))) {
        const partitions = own.map(({ partition }) => partition);
        await run(
          `UPDATE ${table} SET next = CASE \`partition\` ${own.map(() => "WHEN ? THEN ?").join(" ")} END
            WHERE ${TOPIC} AND \`partition\` IN (?)`,
          [...own.flatMap((key) => [key.partition, nextOf.get(nameOf(key))!]), ...topicOf(own[0]!), partitions],
        );
      }
    },
    async list({ consumer, version, logId }) {
      const sql =
        "SELECT topic, `partition`, next FROM consumer_position WHERE consumer = ? AND version = ? AND log_id = ?";
      const rows = await all(sql, [consumer, version, logId]);
      return rows.map((row) => ({
        topic: String(row.topic),
        partition: Number(row.partition),
        next: textOf(row.next),
      }));
    },
    async versionsAt({ consumer, logId, topic, partition }) {
      const rows = await all(
        "SELECT version, next FROM consumer_position WHERE consumer = ? AND log_id = ? AND topic = ? AND `partition` = ? ORDER BY version",
        [consumer, logId, topic, partition],
      );
      return rows.map((row) => ({ version: Number(row.version), next: textOf(row.next) }));
    },
    async logs(consumer) {
      const rows = await all("SELECT DISTINCT log_id FROM consumer_position WHERE consumer = ?", [consumer]);
      return rows.map((row) => String(row.log_id));
    },
  };
}

/** Groups keys by topic, in one order, so that transactions lock them in that order and do not deadlock. */
const byTopic = (keys: PositionKey[]): PositionKey[][] => {
  const topics = Map.groupBy(keys, (key) => JSON.stringify(topicOf(key)));
  return [...topics.keys()].sort().map((name) => topics.get(name)!);
};

/** Creates the positions and dead letters of a transaction. */
export const consumerStores = (statements: Statements): DeadLetterStores => ({
  positions: createPositions(statements),
  deadLetters: createDeadLetters(statements),
  deadLetterClosing: createDeadLetterClosing(statements),
});
