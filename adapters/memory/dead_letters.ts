import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetters, StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { DeadLetterDesk, DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import { keyOf, type MemoryDatabase, type Rows, type Table } from "./database.ts";

export type DeadLetterRow = StoredDeadLetter & { status: "parked" | "replayed" | "discarded"; settledAt?: number };

/** Dead letters. */
export function memoryDeadLetters(
  database: MemoryDatabase,
): {
  deadLetters: DeadLetters;
  deadLetterDesk: DeadLetterDesk;
  letters: DeadLetterReader;
  letterRows: Table<DeadLetterRow>;
} {
  const rows = database.table<DeadLetterRow>();
  const ids = database.table<string>();
  let last = 0;
  const placeOf = ({ consumer, version, logId, message: { topic, partition, position } }: StoredDeadLetter): string =>
    keyOf(consumer, version, logId, topic, partition, position);
  const keyed = ({ message: { key } }: DeadLetterRow) => key === null ? undefined : keyName(key);
  const parked = (from: Rows<DeadLetterRow> = rows) =>
    from.values().filter(({ status }) => status === "parked").sort((a, b) => a.id - b.id);
  const byId = (id: number) => rows.get(ids.get(String(id)) ?? "");
  const shown = ({ status: _status, settledAt: _at, ...letter }: DeadLetterRow): StoredDeadLetter => letter;

  return {
    letterRows: rows,
    deadLetters: {
      park(letter) {
        const place = placeOf({ ...letter, id: 0 });
        if (rows.get(place) === undefined) {
          rows.set(place, { ...letter, id: ++last, status: "parked" });
          ids.set(String(last), place);
        }
        return Promise.resolve();
      },
      blockedKeys({ consumer, version }, topic) {
        const own = parked().filter((row) =>
          row.ordered && row.consumer === consumer && row.version === version && row.message.topic === topic
        );
        return Promise.resolve(new Set(own.map((row) => keyed(row)!)));
      },
      forget(topics, key) {
        for (const row of rows.values()) {
          if (topics.includes(row.message.topic) && keyed(row) === key) rows.delete(placeOf(row));
        }
        return Promise.resolve();
      },
    },
    deadLetterDesk: {
      hold: (wanted) => Promise.resolve(new Set(wanted.filter((id) => byId(id)?.status === "parked"))),
      close(settled, how, at) {
        for (const id of settled) {
          const row = byId(id);
          if (row !== undefined) rows.set(placeOf(row), { ...row, status: how, settledAt: at });
        }
        return Promise.resolve();
      },
      noteFailure(id, detail) {
        const row = byId(id);
        if (row !== undefined) rows.set(placeOf(row), { ...row, detail, attempts: row.attempts + 1 });
        return Promise.resolve();
      },
      purge(before, most) {
        const old = rows.values().filter(({ settledAt = Infinity }) => settledAt < before).slice(0, most);
        for (const row of old) rows.delete(placeOf(row));
        return Promise.resolve(old.length);
      },
    },
    letters: {
      list({ consumer, version, topic, key }, after, limit) {
        const wanted = parked(rows.stored).filter((row) =>
          row.id > after && (consumer === undefined || row.consumer === consumer) &&
          (version === undefined || row.version === version) && (topic === undefined || row.message.topic === topic) &&
          (key === undefined || keyed(row) === key)
        );
        return Promise.resolve(wanted.slice(0, limit).map(shown));
      },
      get(id) {
        const row = rows.stored.get(ids.stored.get(String(id)) ?? "");
        return Promise.resolve(row?.status === "parked" ? shown(row) : undefined);
      },
      count: () => Promise.resolve(parked(rows.stored).length),
    },
  };
}
