import { outboxRowOf } from "@/adapters/sql/web_rows.ts";
import type { Inbox, Outbox, OutboxQueue } from "@/application/messaging/ports.ts";
import { allOf, runRows, type Statements } from "./connection.ts";
import type { Database } from "./database.ts";

/**
 * The outbox inside a transaction. Rows of one key are numbered in the order of their commits, as a transaction holds its
 * keys' locks (`lockKeys`) before it writes.
 */
export const createOutbox = (statements: Statements): Outbox => ({
  async add(messages) {
    await runRows(
      statements,
      "INSERT INTO outbox (topic, `key`, headers, value) VALUES ?",
      messages.map(({ topic, key, headers, value }) => [topic, key, JSON.stringify(headers), value]),
    );
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
});

/** The relay's side: rows by number as long as they are there, never from a number on, as a lower one may commit later. */
export const createOutboxQueue = ({ read, transaction }: Database): OutboxQueue => ({
  read: async (limit) => (await read.all("SELECT * FROM outbox ORDER BY `row` LIMIT ?", limit)).map(outboxRowOf),
  remove: (rows) =>
    transaction(async ({ run }) => {
      if (rows.length > 0) await run("DELETE FROM outbox WHERE `row` IN (?)", rows.map(Number));
    }),
  size: async () => Number((await read.get("SELECT COUNT(*) AS n FROM outbox"))!.n),
  async age() {
    const oldest = await read.get(
      "SELECT UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000 - added AS age FROM outbox ORDER BY `row` LIMIT 1",
    );
    return oldest === undefined ? undefined : Number(oldest.age);
  },
});
