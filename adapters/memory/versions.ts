import { Fenced } from "@/application/faults.ts";
import type { Live, Versions } from "@/application/messaging/rebuild/ports.ts";
import type { MemoryDatabase } from "./database.ts";
import type { MemoryConsumerStores } from "./messaging_stores.ts";

/** Tables by version, each made when it is first asked for. */
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

/** Versions of the one projection in a store. `tables`: those of every version. */
export function memoryVersions(
  database: MemoryDatabase,
  { stores: { deadLetterDesk }, rows: { positions, letters } }: MemoryConsumerStores,
  tables: () => [number, Record<string, Removable>][],
): { versions: Versions; live: () => Promise<Live> } {
  const row = database.table<Live & { attempt: number }>();
  const now = () => row.get("") ?? { version: 1, since: 0, attempt: 0 };
  return {
    live: () => {
      const { version, since } = now();
      return Promise.resolve({ version, since });
    },
    versions: {
      begin() {
        const { version, since, attempt } = now();
        row.set("", { version, since, attempt: attempt + 1 });
        return Promise.resolve({ live: version, attempt: attempt + 1 });
      },
      hold: (attempt) =>
        now().attempt === attempt
          ? Promise.resolve()
          : Promise.reject(new Fenced("another rebuild has begun, or this one has ended")),
      async switchTo(version, since) {
        row.set("", { version, since, attempt: now().attempt + 1 });
        const old = letters.values().filter((one) => one.version < version && one.status === "parked");
        await deadLetterDesk.close(old.map(({ id }) => id), "discarded", since);
        return old.length;
      },
      clear(of, most) {
        const meant = (version: number) => "below" in of ? version < of.below : version > of.above;
        let removed = positions.remove(most, ({ key }) => meant(key.version));
        for (const [version, own] of tables()) {
          for (const table of meant(version) ? Object.values(own) : []) removed += table.remove(most - removed);
        }
        return Promise.resolve(removed + letters.remove(most - removed, ({ version }) => meant(version)));
      },
    },
  };
}
