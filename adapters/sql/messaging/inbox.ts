import type { Inbox } from "@/application/messaging/commands/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Creates the inbox of a transaction: the ids of messages already handled. */
export const createInbox = (statements: Statements): Inbox => ({
  async addNew(consumer, ids) {
    const known = await allOf(statements, "SELECT id FROM inbox WHERE consumer = ? AND id IN (?)", [consumer], ids);
    const unseen = new Set(ids).difference(new Set(known.map((row) => String(row.id))));
    await statements.runRows(
      "INSERT INTO inbox (consumer, id, time) VALUES ?",
      [...unseen].sort().map((id) => [consumer, id, statements.dialect.stamp()]),
    );
    return unseen;
  },
  purge(before, most) {
    const { dialect, run } = statements;
    const old = { table: "inbox", key: ["consumer", "id"], where: "time < ?", order: "time" };
    return run(dialect.deleteSome(old), [before, most]);
  },
});
