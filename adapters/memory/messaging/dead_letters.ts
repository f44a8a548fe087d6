import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetter, DeadLetters, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterClosing, DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import { keyOf, type MemoryDatabase, type Rows, type Table } from "./database.ts";

export type DeadLetterRow = StoredDeadLetter & { status: "parked" | "replayed" | "discarded"; closedAt?: number };

/** Creates the dead letters. `letterRows`: all rows, including replayed and discarded ones. */
export function memoryDeadLetters(
  database: MemoryDatabase,
): {
  deadLetters: DeadLetters;
  deadLetterClosing: DeadLetterClosing;
  letters: DeadLetterReader;
  letterRows: Table<DeadLetterRow>;
} {
  const table = new DeadLetterTable(database);
  return {
    letterRows: table.rows,
    deadLetters: parkDeadLetters(table),
    deadLetterClosing: createClosing(table),
    letters: createReader(table),
  };
}

/** The rows by consumer, version and position of the message, so that no message is parked twice. */
class DeadLetterTable {
  readonly rows: Table<DeadLetterRow>;
  readonly #keyById: Table<string>;
  #lastId = 0;

  constructor(database: MemoryDatabase) {
    this.rows = database.table<DeadLetterRow>();
    this.#keyById = database.table<string>();
  }

  add(letter: DeadLetter): void {
    const key = rowKey(letter);
    if (this.rows.get(key) !== undefined) return;
    this.rows.set(key, { ...letter, id: ++this.#lastId, status: "parked" });
    this.#keyById.set(String(this.#lastId), key);
  }

  get(id: number): DeadLetterRow | undefined {
    return this.rows.get(this.#keyById.get(String(id)) ?? "");
  }

  /** Returns the committed row, without the writes of the current transaction. */
  stored(id: number): DeadLetterRow | undefined {
    return this.rows.stored.get(this.#keyById.stored.get(String(id)) ?? "");
  }

  update(id: number, change: (row: DeadLetterRow) => Partial<DeadLetterRow>): void {
    const row = this.get(id);
    if (row !== undefined) this.rows.set(rowKey(row), { ...row, ...change(row) });
  }

  delete(row: DeadLetterRow): void {
    this.rows.delete(rowKey(row));
  }
}

const rowKey = ({ consumer, version, logId, message: { topic, partition, position } }: DeadLetter): string =>
  keyOf(consumer, version, logId, topic, partition, position);
const keyNameOf = ({ message: { key } }: DeadLetterRow) => key === null ? undefined : keyName(key);
const parkedOf = (rows: Rows<DeadLetterRow>): DeadLetterRow[] =>
  rows.values().filter(({ status }) => status === "parked").sort((a, b) => a.id - b.id);
const deadLetterOf = ({ status: _status, closedAt: _at, ...letter }: DeadLetterRow): StoredDeadLetter => letter;

const parkDeadLetters = (table: DeadLetterTable): DeadLetters => ({
  park: (letter) => Promise.resolve(table.add(letter)),
  wasParked({ consumer, logId, topic, partition, position }) {
    const found = table.rows.values().some(({ version, reason, ...row }) =>
      reason === "undecodable" &&
      rowKey({ ...row, version, reason }) === keyOf(consumer, version, logId, topic, partition, position)
    );
    return Promise.resolve(found);
  },
  blockedKeys({ consumer, version }, topic) {
    const own = parkedOf(table.rows).filter((row) =>
      row.ordered && row.consumer === consumer && row.version === version && row.message.topic === topic
    );
    return Promise.resolve(new Set(own.map((row) => keyNameOf(row)!)));
  },
  forget(topics, key) {
    for (const row of table.rows.values()) {
      if (topics.includes(row.message.topic) && keyNameOf(row) === key) table.delete(row);
    }
    return Promise.resolve();
  },
});

const createClosing = (table: DeadLetterTable): DeadLetterClosing => ({
  lock: (ids) => Promise.resolve(new Set(ids.filter((id) => table.get(id)?.status === "parked"))),
  parkedBehind(locked, limit) {
    const [{ consumer, version, message: { topic } }, last] = [locked[0]!, locked.at(-1)!];
    const keys = new Set(locked.filter(({ ordered }) => ordered).map(({ message }) => keyName(message.key!)));
    const rows = parkedOf(table.rows).filter((row) =>
      row.id > last.id && row.ordered && row.consumer === consumer && row.version === version &&
      row.message.topic === topic && keys.has(keyNameOf(row)!)
    );
    return Promise.resolve(rows.slice(0, limit).map(deadLetterOf));
  },
  close(ids, status, closedAt) {
    for (const id of ids) table.update(id, () => ({ status, closedAt }));
    return Promise.resolve();
  },
  recordFailure: (id, detail) =>
    Promise.resolve(table.update(id, ({ attempts }) => ({ detail, attempts: attempts + 1 }))),
  purge(before, most) {
    const old = table.rows.values().filter(({ closedAt = Infinity }) => closedAt < before).slice(0, most);
    for (const row of old) table.delete(row);
    return Promise.resolve(old.length);
  },
});

const createReader = (table: DeadLetterTable): DeadLetterReader => ({
  list({ consumer, version, topic, key }, after, limit) {
    const wanted = parkedOf(table.rows.stored).filter((row) =>
      row.id > after && (consumer === undefined || row.consumer === consumer) &&
      (version === undefined || row.version === version) && (topic === undefined || row.message.topic === topic) &&
      (key === undefined || keyNameOf(row) === key)
    );
    return Promise.resolve(wanted.slice(0, limit).map(deadLetterOf));
  },
  get(id) {
    const row = table.stored(id);
    return Promise.resolve(row?.status === "parked" ? deadLetterOf(row) : undefined);
  },
  count: () => Promise.resolve(parkedOf(table.rows.stored).length),
});
