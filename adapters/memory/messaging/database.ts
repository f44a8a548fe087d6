import type { Changes, Store } from "@/application/ports.ts";
import { createChanges } from "@/application/shared/concurrency/changes.ts";
import { wait } from "./wait.ts";

/** The read-only view of a table. */
export interface Rows<Value> {
  get(key: string): Value | undefined;
  values(): Value[];
}

/** A table that can be rolled back to the start of the transaction. */
export interface Table<Value> extends Rows<Value> {
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  entries(): [string, Value][];
  /** The committed rows, without the writes of the current transaction. */
  stored: Rows<Value>;
  /** Deletes rows that `matches` accepts (default: all), at most `most`. Returns how many. */
  remove(most: number, matches?: (value: Value) => boolean): number;
}

/** Tables in memory with transactions. One transaction runs at a time. One that rejects is rolled back. */
export class MemoryDatabase {
  /** The tables written by the current transaction, with their rollbacks. */
  readonly #written = new Map<object, { undo(): void; forget(): void }>();
  readonly #watchers = new Set<ReturnType<typeof createChanges>>();
  #last: Promise<unknown> = Promise.resolve();

  table<Value>(): Table<Value> {
    const rows = new Map<string, Value>();
    const before = new Map<string, { value: Value } | undefined>();
    const undo = () => {
      for (const [key, was] of before) {
        if (was === undefined) rows.delete(key);
        else rows.set(key, was.value);
      }
      before.clear();
    };
    const keepBefore = (key: string) => {
      if (!before.has(key)) before.set(key, rows.has(key) ? { value: rows.get(key) as Value } : undefined);
      this.#written.set(rows, { undo, forget: () => before.clear() });
    };
    const drop = (key: string): boolean => {
      keepBefore(key);
      return rows.delete(key);
    };
    return {
      get: (key) => rows.get(key),
      set(key, value) {
        keepBefore(key);
        rows.set(key, value);
      },
      delete: drop,
      remove(most, matches = () => true) {
        const keys = [...rows].filter(([, value]) => matches(value)).slice(0, most).map(([key]) => key);
        keys.forEach(drop);
        return keys.length;
      },
      values: () => [...rows.values()],
      stored: {
        get: (key) => before.has(key) ? before.get(key)?.value : rows.get(key),
        values: () =>
          before.size === 0 ? [...rows.values()] : [
            ...[...rows].filter(([key]) => !before.has(key)).map(([, value]) => value),
            ...[...before.values()].flatMap((was) => was === undefined ? [] : [was.value]),
          ],
      },
      entries: () => [...rows],
    };
  }

  transaction<Value>(work: () => Promise<Value>): Promise<Value> {
    const next = this.#last.then(async () => {
      try {
        const value = await work();
        if (this.#written.size > 0) this.#watchers.forEach((watcher) => watcher.notify());
        for (const table of this.#written.values()) table.forget();
        return value;
      } catch (error) {
        for (const table of this.#written.values()) table.undo();
        throw error;
      } finally {
        this.#written.clear();
      }
    });
    this.#last = next.catch(() => {});
    return next;
  }

  changes(): Changes {
    const changes = createChanges({ sleep: wait });
    this.#watchers.add(changes);
    return changes;
  }

  /** Returns the part that every store has in addition to its own ports. */
  asStore(): Store {
    return {
      changes: () => this.changes(),
      ping: () => Promise.resolve(),
      size: () => Promise.resolve(0),
      close: () => Promise.resolve(),
    };
  }
}

/** Returns a row's key in a table with several key columns. */
export const keyOf = (...parts: (string | number)[]): string => JSON.stringify(parts);

/** Compares texts as every store does: by UTF-16 code unit, which equals the byte order of the ids in use. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
