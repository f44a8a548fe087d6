import { Fenced } from "@/application/faults.ts";
import type { Live, Versions } from "@/application/messaging/rebuild/ports.ts";
import type { MemoryDatabase } from "./database.ts";
import type { MemoryConsumerStores } from "./messaging_stores.ts";

/** Tables by version, made when a version is first asked for. */
export function perVersion<Tables>(make: () => Tables): { of(version: number): Tables; all(): [number, Tables][] } {
  const made = new Map<number, Tables>();
  return {
    of(version) {
      const tables = made.get(version) ?? make();
      made.set(version, tables);
      return tables;
    },
    all: () => [...made],
  };
}

type Removable = { remove(most: number): number };

/** Versions of a store's projection. `tables`: the tables of every version. */
export function memoryVersions(
  database: MemoryDatabase,
  { stores: { deadLetterClosing }, rows: { positions, letters } }: MemoryConsumerStores,
  tables: () => [number, Record<string, Removable>][],
): { versions: Versions; live: () => Promise<Live> } {
  const table = database.table<Live & { attempt: number }>();
  const current = () => table.get("") ?? { version: 1, since: 0, attempt: 0 };
  return {
    live: () => {
      const { version, since } = current();
      return Promise.resolve({ version, since });
    },
    versions: {
      begin() {
        const { version, since, attempt } = current();
        table.set("", { version, since, attempt: attempt + 1 });
        return Promise.resolve({ live: version, attempt: attempt + 1 });
      },
      lockAttempt: (attempt) =>
        current().attempt === attempt
          ? Promise.resolve()
          : Promise.reject(new Fenced("another rebuild has begun, or this one has ended")),
      async switchTo(version, since) {
        table.set("", { version, since, attempt: current().attempt + 1 });
        const old = letters.values().filter((row) => row.version < version && row.status === "parked");
        await deadLetterClosing.close(old.map(({ id }) => id), "discarded", since);
        return old.length;
      },
      clear(of, most) {
        const isOf = (version: number) => "below" in of ? version < of.below : version > of.above;
        let removed = positions.remove(most, ({ key }) => isOf(key.version));
        for (const [version, tablesOf] of tables()) {
          for (const table of isOf(version) ? Object.values(tablesOf) : []) removed += table.remove(most - removed);
        }
        return Promise.resolve(removed + letters.remove(most - removed, ({ version }) => isOf(version)));
      },
    },
  };
}
