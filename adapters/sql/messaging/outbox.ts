import { firstOf, MAX_ROW_MESSAGES, packsOf, rowsOf } from "@/application/messaging/outbox/packs.ts";
import type { Outbox, OutboxQueue, OutboxRow } from "@/application/messaging/outbox/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { addSingly, messagesIn, PACK } from "./outbox_rows.ts";
import { packMessages } from "./pack.ts";

/** The most rows that `atMost()` counts, which takes less than a millisecond. */
const MAX_COUNTED_ROWS = 4_096;
/** How many rows of each shard are read first. Under load each row holds many messages, so a few are enough. */
const FIRST_HEADS = 32;

/**
 * Creates the outbox of a transaction, which adds one row with a pack of messages per shard. A transaction locks its keys
 * (`lockKeys`) before it writes, so rows of a key are numbered in commit order. `readsPacks`: whether all running relays read packs.
 */
export const createOutbox = (
  statements: Statements,
  readsPacks: (statements: Statements) => Promise<boolean>,
): Outbox => ({
  async add(messages) {
    if (messages.length === 0) return;
    if (!await readsPacks(statements)) return await addSingly(statements, messages);
    const rows = packsOf(messages).map(({ group: shard, messages, bytes }) => [
      PACK.topic,
      PACK.headers,
      packMessages(messages),
      messages.length,
      shard,
      bytes,
      statements.dialect.stamp(),
    ]);
    await statements.runRows("INSERT INTO outbox (topic, headers, value, waiting, shard, bytes, added) VALUES ?", rows);
  },
  async remove(names) {
    const rows = rowsOf(names);
    const whole = rows.filter(({ after }) => after === 0).map(({ row, before }) => [row, before]);
    const begun = rows.filter(({ after }) => after > 0).map(({ row, before, after }) => [after, row, before]);
    const and = "AND waiting = ?";
    let removed = await statements.dialect.deleteRows(statements, "outbox", ["`row`"], whole, and);
    const sql = `UPDATE outbox SET waiting = ? WHERE \`row\` = ? ${and}`;
    for (const changed of await statements.runEach(sql, begun)) removed += changed;
    if (removed !== rows.length) {
      throw new Error(`${removed} of ${rows.length} rows of the outbox are as they were when they were read`);
    }
  },
});

/** The size of a row, without its messages. */
type Head = { row: number; waiting: number; bytes: number };

/**
 * Creates the queue of messages to send. Every read starts at the oldest row, as a row with a lower number may be committed later.
 * It first chooses rows by their sizes, and then reads only these.
 */
export const createOutboxQueue = (statements: Statements): OutboxQueue => {
  const { dialect, all, get } = statements;

  /** Reads the first rows of each shard by the index, so that rows of other shards cost nothing. */
  async function headsOf(shards: number[], each: number): Promise<Head[]> {
    const one = `SELECT * FROM (SELECT \`row\`, waiting, bytes FROM outbox ${dialect.byIndex("shard")}
      WHERE shard = ? ORDER BY \`row\` LIMIT ?) AS head`;
    const values: Value[] = shards.flatMap((shard) => [shard, each]);
    const found = await all(shards.map(() => one).join(" UNION ALL "), values);
    return found
      .map(({ row, waiting, bytes }) => ({ row: Number(row), waiting: Number(waiting), bytes: Number(bytes) }))
      .sort((a, b) => a.row - b.row);
  }

  /** Returns the rows that fill an append, or all there are. */
  async function enoughHeads(shards: number[], most: { rows: number; bytes: number }): Promise<Head[]> {
    for (let each = Math.min(FIRST_HEADS, most.rows);; each = Math.min(each * FIRST_HEADS, most.rows)) {
      const heads = await headsOf(shards, each);
      if (each === most.rows || heads.length < each) return heads;
      const chosen = firstHeads(heads, most);
      if (chosen.length < heads.length) return chosen;
    }
  }

  async function messagesOf(heads: Head[]): Promise<Map<number, OutboxRow[]>> {
    const rows = await allOf(
      statements,
      "SELECT `row`, topic, `key`, headers, value, waiting FROM outbox WHERE `row` IN (?)",
      [],
      heads.map(({ row }) => row),
    );
    return new Map(rows.map((row) => [Number(row.row), messagesIn(row)]));
  }

  const size = async () => Number((await get("SELECT SUM(waiting) AS n FROM outbox"))!.n ?? 0);

  return {
    async read(shards, most) {
      if (shards.length === 0) return [];
      const chosen = firstHeads(await enoughHeads(shards, most), most);
      const messages = await messagesOf(chosen);
      return firstOf(chosen.flatMap(({ row }) => messages.get(row) ?? []), most);
    },
    size,
    async atMost() {
      const row = await get("SELECT MAX(`row`) - MIN(`row`) + 1 AS n FROM outbox");
      const rows = Number(row!.n ?? 0);
      return rows <= MAX_COUNTED_ROWS ? await size() : rows * MAX_ROW_MESSAGES;
    },
    async ageMs() {
      const oldest = await get(`SELECT ${dialect.now} - added AS age FROM outbox ORDER BY \`row\` LIMIT 1`);
      return oldest === undefined ? undefined : Number(oldest.age);
    },
  };
};

/** Returns the first rows whose messages fill an append. */
function firstHeads(heads: Head[], most: { rows: number; bytes: number }): Head[] {
  let [rows, bytes, count] = [0, 0, 0];
  while (count < heads.length && rows < most.rows && bytes < most.bytes) {
    const head = heads[count++]!;
    rows += head.waiting;
    bytes += head.bytes;
  }
  return heads.slice(0, count);
}
