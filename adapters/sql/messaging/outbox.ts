import { firstOf, MAX_ROW_MESSAGES, packsOf, rowsOf } from "@/application/messaging/outbox/packs.ts";
import type { Outbox, OutboxQueue, OutboxRow } from "@/application/messaging/outbox/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { addSingly, messagesIn, PACK } from "./outbox_rows.ts";
import { packMessages } from "./pack.ts";

/** The most rows that `sizeAtMost()` counts, which takes less than a millisecond. */
const MAX_COUNTED_ROWS = 4_096;
/** How many rows of each shard are read first. Under load each row holds many messages, so a few are enough. */
const FIRST_ROWS = 32;

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
type RowSize = { row: number; waiting: number; bytes: number };

/**
 * Creates the queue of messages to send. Every read starts at the oldest row, as a row with a lower number may be committed later.
 * It first chooses rows by their sizes, and then reads only these.
 */
export const createOutboxQueue = (statements: Statements): OutboxQueue => {
  const { dialect, all, get } = statements;

  /** Reads the first rows of each shard by the index, so that rows of other shards cost nothing. */
  async function readSizes(shards: number[], each: number): Promise<RowSize[]> {
    const one = `SELECT * FROM (SELECT \`row\`, waiting, bytes FROM outbox ${dialect.byIndex("shard")}
      WHERE shard = ? ORDER BY \`row\` LIMIT ?) AS size`;
    const values: Value[] = shards.flatMap((shard) => [shard, each]);
    const found = await all(shards.map(() => one).join(" UNION ALL "), values);
    return found
      .map(({ row, waiting, bytes }) => ({ row: Number(row), waiting: Number(waiting), bytes: Number(bytes) }))
      .sort((a, b) => a.row - b.row);
  }

  /** Returns the rows that fill an append, or all there are. */
  async function readEnoughSizes(shards: number[], limits: { rows: number; bytes: number }): Promise<RowSize[]> {
    for (let each = Math.min(FIRST_ROWS, limits.rows);; each = Math.min(each * FIRST_ROWS, limits.rows)) {
      const sizes = await readSizes(shards, each);
      if (each === limits.rows || sizes.length < each) return sizes;
      const chosen = takeUntilFull(sizes, limits);
      if (chosen.length < sizes.length) return chosen;
    }
  }

  async function messagesOf(sizes: RowSize[]): Promise<Map<number, OutboxRow[]>> {
    const rows = await allOf(
      statements,
      "SELECT `row`, topic, `key`, headers, value, waiting FROM outbox WHERE `row` IN (?)",
      [],
      sizes.map(({ row }) => row),
    );
    return new Map(rows.map((row) => [Number(row.row), messagesIn(row)]));
  }

  const size = async () => Number((await get("SELECT SUM(waiting) AS n FROM outbox"))!.n ?? 0);

  return {
    async read(shards, limits) {
      if (shards.length === 0) return [];
      const chosen = takeUntilFull(await readEnoughSizes(shards, limits), limits);
      const messages = await messagesOf(chosen);
      return firstOf(chosen.flatMap(({ row }) => messages.get(row) ?? []), limits);
    },
    size,
    async sizeAtMost() {
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
function takeUntilFull(sizes: RowSize[], limits: { rows: number; bytes: number }): RowSize[] {
  let [rows, bytes, count] = [0, 0, 0];
  while (count < sizes.length && rows < limits.rows && bytes < limits.bytes) {
    const size = sizes[count++]!;
    rows += size.waiting;
    bytes += size.bytes;
  }
  return sizes.slice(0, count);
}
