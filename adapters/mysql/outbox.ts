import { firstRowsOf } from "@/adapters/sql/heads.ts";
import { outboxRowOf } from "@/adapters/sql/web_rows.ts";
import { shardOf } from "@/application/messaging/outbox/shards.ts";
import type { Inbox } from "@/application/messaging/commands/ports.ts";
import type { Outbox, OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import { allOf, deleteIn, runRows, type Statements } from "./connection.ts";
import type { Database } from "./database.ts";
import { NOW } from "./messaging_schema.ts";

/**
 * The outbox inside a transaction. Rows of one key are numbered in the order of their commits, as a transaction holds its
 * keys' locks (`lockKeys`) before it writes.
 */
export const createOutbox = (statements: Statements): Outbox => ({
  async add(messages) {
    await runRows(
      statements,
      "INSERT INTO outbox (topic, `key`, headers, value, shard, bytes) VALUES ?",
      messages.map(({ topic, key, headers, value }) => {
        const text = JSON.stringify(headers);
        return [topic, key, text, value, shardOf(key), text.length + (value?.byteLength ?? 0)];
      }),
    );
  },
  async remove(rows) {
    await deleteIn(statements, "DELETE FROM outbox WHERE `row` IN (?)", "`row`", [], rows.map(Number));
  },
});

/** Ids of messages that had their effect, inside a transaction. */
export const createInbox = (statements: Statements): Inbox => ({
  async addNew(consumer, ids) {
    const known = await allOf(statements, "SELECT id FROM inbox WHERE consumer = ? AND id IN (?)", [consumer], ids);
    const unseen = new Set(ids).difference(new Set(known.map((row) => String(row.id))));
    await runRows(
      statements,
      "INSERT INTO inbox (consumer, id) VALUES ?",
      [...unseen].sort().map((id) => [consumer, id]),
    );
    return unseen;
  },
  purge: (before, most) => statements.run("DELETE FROM inbox WHERE time < ? ORDER BY time LIMIT ?", before, most),
});

/**
 * What waits, by shard: rows as long as they are there, never from a number on, as a lower one may be committed later. The
 * numbers come from the shards' index alone; only those that are chosen are read whole.
 */
export const createOutboxQueue = ({ read }: Database): OutboxQueue => ({
  async read(shards, { rows, bytes }) {
    const each = firstRowsOf(rows, shards.length);
    const heads = shards.map(() => "(SELECT `row`, bytes FROM outbox WHERE shard = ? ORDER BY `row` LIMIT ?)");
    const found = await read.all(
      `SELECT outbox.\`row\`, topic, \`key\`, headers, value FROM (
         SELECT \`row\`, SUM(bytes) OVER (ORDER BY \`row\`) AS upto, ROW_NUMBER() OVER (ORDER BY \`row\`) AS n
         FROM (${heads.join(" UNION ALL ")}) AS heads ORDER BY \`row\` LIMIT ?
       ) AS chosen JOIN outbox ON outbox.\`row\` = chosen.\`row\` WHERE n = 1 OR upto <= ? ORDER BY chosen.\`row\``,
      ...shards.flatMap((shard) => [shard, each]),
      ...[rows, bytes],
    );
    return found.map(outboxRowOf);
  },
  size: async () => Number((await read.get("SELECT COUNT(*) AS n FROM outbox"))!.n),
  async atMost() {
    const row = await read.get("SELECT MAX(`row`) - MIN(`row`) + 1 AS n FROM outbox");
    return Number(row!.n ?? 0);
  },
  async age() {
    const oldest = await read.get(`SELECT ${NOW} - added AS age FROM outbox ORDER BY \`row\` LIMIT 1`);
    return oldest === undefined ? undefined : Number(oldest.age);
  },
});
