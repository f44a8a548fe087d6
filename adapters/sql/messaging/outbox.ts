import { firstOf, MAX_ROW_MESSAGES, nameOf, packsOf, rowsOf } from "@/application/messaging/outbox/packs.ts";
import type { Outbox, OutboxQueue, OutboxRow } from "@/application/messaging/outbox/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import {
  addSingly,
  countSingles,
  isSingle,
  readSingles,
  removeSingles,
  type Single,
  singlesAgeMs,
} from "./outbox_singles.ts";
import { packMessages, unpackMessages } from "./pack.ts";

/** Up to so many rows are counted to answer `atMost()`, which takes less than a millisecond. */
const MAX_COUNTED_ROWS = 4_096;

/**
 * The outbox inside a transaction: a row for each shard with its messages in a pack. A transaction locks its keys (`lockKeys`)
 * before it writes, so rows of one key are numbered in the order of their commits. `readsPacks`: whether all relays that run do.
 */
export const createOutbox = (
  statements: Statements,
  readsPacks: (statements: Statements) => Promise<boolean>,
): Outbox => ({
  async add(messages) {
    if (messages.length === 0) return;
    if (!await readsPacks(statements)) return await addSingly(statements, messages);
    const rows = packsOf(messages).map(({ shard, messages, bytes }) => [
      shard,
      messages.length,
      bytes,
      packMessages(messages),
      statements.dialect.stamp(),
    ]);
    await statements.runRows("INSERT INTO outbox_pack (shard, waiting, bytes, pack, added) VALUES ?", rows);
  },
  async remove(names) {
    await removeSingles(statements, names.filter(isSingle));
    const rows = rowsOf(names.filter((name) => !isSingle(name)));
    const whole = rows.filter(({ after }) => after === 0);
    // A pack of which more waits than was sent stays.
    const and = "AND waiting = ?";
    await statements.dialect.deleteRows(
      statements,
      "outbox_pack",
      ["`row`"],
      whole.map(({ row, before }) => [row, before]),
      and,
    );
    const begun = rows.filter(({ after }) => after > 0).map(({ row, before, after }) => [after, row, before]);
    await statements.runEach(`UPDATE outbox_pack SET waiting = ? WHERE \`row\` = ? ${and}`, begun);
  },
});

/** A row of which nothing but its pack is known. */
type Head = { row: number; waiting: number; bytes: number; added: number };

/**
 * The waiting messages by shard. Every read starts at the oldest row, as a row with a lower number may be committed later. First
 * the rows are chosen by their sizes, then only their packs are read.
 */
export const createOutboxQueue = (statements: Statements): OutboxQueue => {
  const { dialect, all, get } = statements;

  async function headsOf(shards: number[], rows: number): Promise<Head[]> {
    const found = await all(
      "SELECT `row`, waiting, bytes, added FROM outbox_pack WHERE shard IN (?) ORDER BY `row` LIMIT ?",
      [shards, rows],
    );
    return found.map(({ row, waiting, bytes, added }) => ({
      row: Number(row),
      waiting: Number(waiting),
      bytes: Number(bytes),
      added: Number(added),
    }));
  }

  async function messagesOf(heads: Head[]): Promise<Map<number, OutboxRow[]>> {
    const sql = "SELECT `row`, waiting, pack FROM outbox_pack WHERE `row` IN (?)";
    const packs = await allOf(statements, sql, [], heads.map(({ row }) => row));
    return new Map(packs.map((pack) => [Number(pack.row), waitingOf(pack)]));
  }

  async function size(): Promise<number> {
    const row = await get("SELECT SUM(waiting) AS n FROM outbox_pack");
    return Number(row!.n ?? 0) + await countSingles(statements);
  }

  return {
    async read(shards, most) {
      const heads = await headsOf(shards, most.rows);
      const singles = await readSingles(statements, shards, most.rows);
      const chosen = firstHeads(inTurn(heads, singles), most);
      const packs = await messagesOf(chosen.filter((one) => "waiting" in one));
      return firstOf(chosen.flatMap((one) => "waiting" in one ? packs.get(one.row) ?? [] : [one]), most);
    },
    size,
    async atMost() {
      const row = await get("SELECT MAX(`row`) - MIN(`row`) + 1 AS n FROM outbox_pack");
      const rows = Number(row!.n ?? 0);
      return rows <= MAX_COUNTED_ROWS ? await size() : rows * MAX_ROW_MESSAGES + await countSingles(statements);
    },
    async ageMs() {
      const oldest = await get(`SELECT ${dialect.now} - added AS age FROM outbox_pack ORDER BY \`row\` LIMIT 1`);
      const ages = [oldest === undefined ? undefined : Number(oldest.age), await singlesAgeMs(statements)];
      const known = ages.filter((age) => age !== undefined);
      return known.length === 0 ? undefined : Math.max(...known);
    },
  };
};

/** The messages that wait in a pack: the last ones of it. */
function waitingOf({ row, waiting, pack }: Row): OutboxRow[] {
  const all = unpackMessages(pack as Uint8Array);
  return all.slice(all.length - Number(waiting)).map((message, at, { length }) => ({
    row: nameOf(Number(row), length - at),
    message,
  }));
}

/** The first rows of some whose messages fill an append. */
function firstHeads(heads: (Head | Single)[], most: { rows: number; bytes: number }): (Head | Single)[] {
  let [rows, bytes, count] = [0, 0, 0];
  while (count < heads.length && rows < most.rows && bytes < most.bytes) {
    const head = heads[count++]!;
    rows += "waiting" in head ? head.waiting : 1;
    bytes += head.bytes;
  }
  return heads.slice(0, count);
}

/**
 * Packs and single rows by the time at which they were added, each kind in its own order. A key's transactions exclude each other,
 * so the store's clock has their order.
 */
function inTurn(packs: Head[], singles: Single[]): (Head | Single)[] {
  if (singles.length === 0) return packs;
  const merged: (Head | Single)[] = [];
  let at = 0;
  for (const pack of packs) {
    while (at < singles.length && singles[at]!.added <= pack.added) merged.push(singles[at++]!);
    merged.push(pack);
  }
  return [...merged, ...singles.slice(at)];
}
