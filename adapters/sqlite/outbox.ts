import { firstRowsOf } from "@/adapters/sql/heads.ts";
import type { Inbox } from "@/application/messaging/commands/ports.ts";
import type { Outbox, OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import { shardOf } from "@/application/messaging/outbox/shards.ts";
import { outboxRowOf } from "@/adapters/sql/web_rows.ts";
import type { Statements } from "./connection.ts";
import type { Database } from "./database.ts";

/** Milliseconds since 1970. */
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** The outbox inside a transaction. */
export const createOutbox = ({ run }: Statements): Outbox => ({
  add(messages) {
    for (const { topic, key, headers, value } of messages) {
      const text = JSON.stringify(headers);
      run(
        `INSERT INTO outbox (topic, key, headers, value, shard, bytes, added) VALUES (?, ?, ?, ?, ?, ?, ${NOW})`,
        ...[topic, key, text, value, shardOf(key), text.length + (value?.byteLength ?? 0)],
      );
    }
    return Promise.resolve();
  },
  remove(rows) {
    run("DELETE FROM outbox WHERE row IN (SELECT CAST(value AS INTEGER) FROM json_each(?))", JSON.stringify(rows));
    return Promise.resolve();
  },
});

/** Ids of messages that had their effect, inside a transaction. */
export const createInbox = ({ run }: Statements): Inbox => ({
  purge: (before, most) =>
    Promise.resolve(
      run(
        "DELETE FROM inbox WHERE (consumer, id) IN (SELECT consumer, id FROM inbox WHERE time < ? LIMIT ?)",
        before,
        most,
      ),
    ),
  addNew: (consumer, ids) =>
    Promise.resolve(
      new Set(
        ids.filter((id) =>
          run(
            `INSERT INTO inbox (consumer, id, time) VALUES (?, ?, ${NOW}) ON CONFLICT DO NOTHING`,
            consumer,
            id,
          ) > 0
        ),
      ),
    ),
});

/**
 * What waits, by shard. One writer at a time means that row order is commit order. The numbers come from the shards' index
 * alone; only those that are chosen are read whole.
 */
export const createOutboxQueue = ({ read: { all, get } }: Database): OutboxQueue => ({
  read: (shards, { rows, bytes }) =>
    Promise.resolve().then(() => {
      const each = firstRowsOf(rows, shards.length);
      const heads = shards.map(() =>
        "SELECT * FROM (SELECT row, bytes FROM outbox WHERE shard = ? ORDER BY row LIMIT ?)"
      );
      return all(
        `SELECT row, topic, key, headers, value FROM (
           SELECT row AS number, SUM(bytes) OVER (ORDER BY row) AS upto, ROW_NUMBER() OVER (ORDER BY row) AS n
           FROM (${heads.join(" UNION ALL ")}) ORDER BY row LIMIT ?
         ) JOIN outbox ON row = number WHERE n = 1 OR upto <= ? ORDER BY row`,
        ...shards.flatMap((shard) => [shard, each]),
        ...[rows, bytes],
      ).map(outboxRowOf);
    }),
  size: () => Promise.resolve().then(() => Number(get("SELECT COUNT(*) AS n FROM outbox")!.n)),
  atMost: () => Promise.resolve().then(() => Number(get("SELECT MAX(row) - MIN(row) + 1 AS n FROM outbox")!.n ?? 0)),
  age: () =>
    Promise.resolve().then(() => {
      const oldest = get(`SELECT ${NOW} - added AS age FROM outbox ORDER BY row LIMIT 1`);
      return oldest === undefined ? undefined : Number(oldest.age);
    }),
});
