import type { Changes } from "@/application/messaging/ports.ts";
import { createMemoryChanges } from "./changes.ts";

/** A table that can be put back to how it was when the transaction began. */
export interface Table<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  values(): Value[];
}

/** Tables in memory with transactions: one at a time, and no trace of one that rejects. */
export class MemoryDatabase {
  readonly #undo: (() => void)[] = [];
  readonly #watchers = new Set<ReturnType<typeof createMemoryChanges>>();
  #last: Promise<unknown> = Promise.resolve();

  table<Value>(): Table<Value> {
    const rows = new Map<string, Value>();
    const remember = (key: string) => {
      const [had, before] = [rows.has(key), rows.get(key)];
      this.#undo.push(() => had ? rows.set(key, before as Value) : rows.delete(key));
    };
    return {
      get: (key) => rows.get(key),
      set(key, value) {
        remember(key);
        rows.set(key, value);
      },
      delete(key) {
        remember(key);
        return rows.delete(key);
      },
      values: () => [...rows.values()],
    };
  }

  transaction<Value>(work: () => Promise<Value>): Promise<Value> {
    const next = this.#last.then(async () => {
      this.#undo.length = 0;
      try {
        const value = await work();
        if (this.#undo.length > 0) this.#watchers.forEach((watcher) => watcher.notify());
        return value;
      } catch (error) {
        for (const undo of this.#undo.reverse()) undo();
        throw error;
      }
    });
    this.#last = next.catch(() => {});
    return next;
  }

  changes(): Changes {
    const changes = createMemoryChanges();
    this.#watchers.add(changes);
    return changes;
  }
}

/** A row's key in a table of several key columns. */
export const keyOf = (...parts: (string | number)[]): string => JSON.stringify(parts);

/** Strings in the order that every store uses: by UTF-16 code unit, which for the ids in use is by byte. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
