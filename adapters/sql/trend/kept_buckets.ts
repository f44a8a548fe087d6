import type { Bucket } from "@/domain/trend/decay.ts";
import { RecentMap } from "@/domain/recent_map.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { SubjectKey } from "@/application/trend/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { type BucketStatements, readBuckets, type WantedBuckets } from "./read_buckets.ts";

/** The maximum number of cached buckets, about 60 bytes each. */
const MOST_BUCKETS = 150_000;

/** A key's cached buckets that start at `from` or later, in order. */
type Kept = { from: number; buckets: Bucket[] };

/** A cache of buckets. */
export interface KeptBuckets {
  read(wanted: WantedBuckets): Promise<Map<string, Bucket[]>>;
  /** Call it before a transaction. Keys passed to `changes` are not cached until `end`, which is called after the commit. */
  begin(version: number): { changes(keys: SubjectKey[]): void; end(): void };
}

/**
 * Reads buckets through a cache, if the database can tell whether other processes wrote. A busy key has thousands of buckets, and a vote
 * changes only one. Returns the committed state, never an older one.
 */
export function createKeptBuckets(
  { read, writesOfOthers }: { read: BucketStatements } & Pick<Database, "writesOfOthers">,
): KeptBuckets {
  let kept = keepNone();
  /** The number of open transactions that have changed a key, by key. */
  const open = new Map<string, number>();
  /** For each pending read, the keys that were changed since its start. */
  const changedMeanwhile = new Set<Set<string>>();
  let others: number | undefined;

  /** Empties the cache when other processes have written. */
  function forgetOutdated(): void {
    const now = writesOfOthers?.();
    if (now === others) return;
    others = now;
    kept = keepNone();
  }

  async function readAndKeep(wanted: WantedBuckets): Promise<Map<string, Bucket[]>> {
    const changed = new Set<string>();
    changedMeanwhile.add(changed);
    const before = others;
    try {
      const found = await readBuckets(read, wanted);
      forgetOutdated();
      for (const [key, buckets] of others === before ? found : []) {
        const name = nameOf({ ...wanted, key });
        if (!open.has(name) && !changed.has(name)) kept.set(name, { from: wanted.from ?? -Infinity, buckets });
      }
      return found;
    } finally {
      changedMeanwhile.delete(changed);
    }
  }

  return {
    async read(wanted) {
      if (writesOfOthers === undefined) return await readBuckets(read, wanted);
      forgetOutdated();
      const own = new Map(
        wanted.keys.map((key) => [key, keptFrom(kept.get(nameOf({ ...wanted, key })), wanted.from ?? -Infinity)]),
      );
      const missing = wanted.keys.filter((key) => own.get(key) === undefined);
      const more = await readAndKeep({ ...wanted, keys: missing });
      return new Map(wanted.keys.map((key) => [key, own.get(key) ?? more.get(key)!]));
    },
    begin(version) {
      const changed = new Set<string>();
      return {
        changes(keys) {
          if (writesOfOthers === undefined) return;
          for (const key of keys) {
            const name = nameOf({ version, ...key });
            kept.delete(name);
            if (changed.has(name)) continue;
            changed.add(name);
            open.set(name, (open.get(name) ?? 0) + 1);
          }
        },
        end() {
          for (const name of changed) {
            for (const names of changedMeanwhile) names.add(name);
            const more = open.get(name)! - 1;
            if (more === 0) open.delete(name);
            else open.set(name, more);
          }
        },
      };
    },
  };
}

const keepNone = () => new RecentMap<Kept>(MOST_BUCKETS, (_, { buckets }) => buckets.length + 1);

const nameOf = ({ version, subject, key }: { version: number; subject: Subject; key: string }): string =>
  `${version} ${subject} ${key}`;

/** The cached buckets that start at `from` or later; undefined when not all of them are cached. */
function keptFrom(kept: Kept | undefined, from: number): Bucket[] | undefined {
  if (kept === undefined || kept.from > from) return undefined;
  const first = kept.buckets.findIndex(({ start }) => start >= from);
  return first === 0 ? kept.buckets : first === -1 ? [] : kept.buckets.slice(first);
}
