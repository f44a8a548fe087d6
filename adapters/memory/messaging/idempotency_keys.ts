import type { Answer, IdempotencyKeys } from "@/application/messaging/commands/ports.ts";
import type { MemoryDatabase } from "./database.ts";

type Row = { key: string; request: string; owner: string; until: number; taken: number; answer?: Answer };

/** Creates the idempotency keys of requests. */
export function memoryIdempotencyKeys(database: MemoryDatabase): IdempotencyKeys {
  const rows = database.table<Row>();
  return {
    take({ key, request, owner, now, until, since }) {
      const row = rows.get(key);
      if (row !== undefined && row.taken >= since) {
        if (row.request !== request) return Promise.resolve({ kind: "other" });
        if (row.answer !== undefined) return Promise.resolve({ kind: "answered", answer: row.answer });
        if (row.until > now) {
          const ends = Math.min(row.until, until);
          if (ends < row.until) rows.set(key, { ...row, until: ends });
          return Promise.resolve({ kind: "running", until: ends });
        }
      }
      rows.set(key, { key, request, owner, until, taken: now });
      return Promise.resolve({ kind: "taken" });
    },
    storeAnswer(key, owner, answer) {
      const row = rows.get(key);
      if (row === undefined || row.owner !== owner || row.answer !== undefined) return Promise.resolve(false);
      rows.set(key, { ...row, answer });
      return Promise.resolve(true);
    },
    release(key, owner) {
      const row = rows.get(key);
      if (row?.owner === owner && row.answer === undefined) rows.delete(key);
      return Promise.resolve();
    },
    purge(before, most) {
      const old = rows.values().filter(({ taken }) => taken < before).slice(0, most);
      for (const { key } of old) rows.delete(key);
      return Promise.resolve(old.length);
    },
  };
}
