import type { Inbox, Outbox, OutboxQueue } from "@/application/messaging/ports.ts";
import { outboxRowOf } from "@/adapters/sql/web_rows.ts";
import type { Statements } from "./connection.ts";
import type { Database } from "./database.ts";

/** Milliseconds since 1970. */
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** The outbox inside a transaction. */
export const createOutbox = ({ run }: Statements): Outbox => ({
  add(messages) {
    for (const { topic, key, headers, value } of messages) {
      run(
        `INSERT INTO outbox (topic, key, headers, value, added) VALUES (?, ?, ?, ?, ${NOW})`,
        topic,
        key,
        JSON.stringify(headers),
        value,
      );
    }
    return Promise.resolve();
  },
});

/** Ids of messages that had their effect, inside a transaction. */
export const createInbox = ({ run }: Statements): Inbox => ({
  addNew: (consumer, ids) =>
    Promise.resolve(
      new Set(
        ids.filter((id) =>
          run("INSERT INTO inbox (consumer, id) VALUES (?, ?) ON CONFLICT DO NOTHING", consumer, id) > 0
        ),
      ),
    ),
});

/** The relay's side. One writer at a time means that row order is commit order. */
export const createOutboxQueue = (database: Database): OutboxQueue => ({
  read: (limit) =>
    Promise.resolve().then(() =>
      database.read.all("SELECT * FROM outbox ORDER BY row LIMIT ?", limit).map(outboxRowOf)
    ),
  remove: (rows) =>
    database.transaction(({ run }) => {
      run("DELETE FROM outbox WHERE row IN (SELECT CAST(value AS INTEGER) FROM json_each(?))", JSON.stringify(rows));
      return Promise.resolve();
    }),
  size: () => Promise.resolve().then(() => Number(database.read.get("SELECT COUNT(*) AS n FROM outbox")!.n)),
  age: () =>
    Promise.resolve().then(() => {
      const oldest = database.read.get(`SELECT ${NOW} - added AS age FROM outbox ORDER BY row LIMIT 1`);
      return oldest === undefined ? undefined : Number(oldest.age);
    }),
});
