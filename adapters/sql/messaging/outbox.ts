import type { Outbox, OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import { shardOf } from "@/application/messaging/outbox/shards.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { firstRowsOf } from "./heads.ts";

/**
 * The outbox inside a transaction. Rows of one key are numbered in the order of their commits, as a transaction holds its
 * keys' locks (`lockKeys`) before it writes.
 */
export const createOutbox = (statements: Statements): Outbox => ({
  async add(messages) {
    const rows = messages.map(({ topic, key, headers, value }) => {
      const text = JSON.stringify(headers);
      const bytes = text.length + (value?.byteLength ?? 0);
      return [topic, key, text, value, shardOf(key), bytes, statements.dialect.stamp()];
    });
    await statements.runRows("INSERT INTO outbox (topic, `key`, headers, value, shard, bytes, added) VALUES ?", rows);
  },
  remove: (rows) =>
    statements.dialect.deleteIn(statements, "DELETE FROM outbox WHERE `row` IN (?)", "`row`", [], rows.map(Number)),
});

/**
 * What waits, by shard: rows as long as they are there, never from a number on, as a lower one may be committed later. The
 * numbers come from the shards' index alone; only those that are chosen are read whole.
 */
export const createOutboxQueue = ({ dialect, all, get }: Statements): OutboxQueue => ({
  async read(shards, { rows, bytes }) {
    const each = firstRowsOf(rows, shards.length);
    const head = "SELECT * FROM (SELECT `row`, bytes FROM outbox WHERE shard = ? ORDER BY `row` LIMIT ?) AS head";
    const found = await all(
      `SELECT outbox.\`row\`, topic, \`key\`, headers, value FROM (
         SELECT \`row\`, SUM(bytes) OVER (ORDER BY \`row\`) AS upto, ROW_NUMBER() OVER (ORDER BY \`row\`) AS n
         FROM (${shards.map(() => head).join(" UNION ALL ")}) AS heads ORDER BY \`row\` LIMIT ?
       ) AS chosen JOIN outbox ON outbox.\`row\` = chosen.\`row\` WHERE n = 1 OR upto <= ? ORDER BY chosen.\`row\``,
      [...shards.flatMap((shard) => [shard, each]), rows, bytes],
    );
    return found.map(waitingOf);
  },
  size: async () => Number((await get("SELECT COUNT(*) AS n FROM outbox"))!.n),
  atMost: async () => Number((await get("SELECT MAX(`row`) - MIN(`row`) + 1 AS n FROM outbox"))!.n ?? 0),
  async ageMs() {
    const oldest = await get(`SELECT ${dialect.now} - added AS age FROM outbox ORDER BY \`row\` LIMIT 1`);
    return oldest === undefined ? undefined : Number(oldest.age);
  },
});

/** A row of `outbox`. */
const waitingOf = (row: Row): Awaited<ReturnType<OutboxQueue["read"]>>[number] => ({
  row: String(row.row),
  message: {
    topic: String(row.topic),
    key: row.key as Uint8Array | null,
    headers: JSON.parse(String(row.headers)),
    value: row.value as Uint8Array | null,
  },
});
