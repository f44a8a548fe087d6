import type { Bucket } from "@/domain/trend/decay.ts";
import { RecentMap } from "@/domain/recent_map.ts";
import type { Subject } from "@/domain/trend/vote.ts";
import type { SubjectKey } from "@/application/trend/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { type BucketStatements, readBuckets, type WantedBuckets } from "./read_buckets.ts";

/** Buckets of all keys that are kept, about 60 bytes each. */
const MOST_BUCKETS = 150_000;

/** A key's buckets from a time on, in their order. */
type Kept = { from: number; buckets: Bucket[] };

/** Buckets as lists read them. */
export interface KeptBuckets {
  read(wanted: WantedBuckets): Promise<Map<string, Bucket[]>>;
  /** Called before a transaction. Keys that `changes` gets are not kept until `end`, which is called after the commit. */
  begin(version: number): { changes(keys: SubjectKey[]): void; end(): void };
}

/**
 * Reads buckets, and keeps those of the last keys where the database says whether others wrote: the buckets of a busy key are
 * thousands, of which a vote changes one. Nothing is older than what is committed.
 */
export function createKeptBuckets(
  { read, writesOfOthers }: { read: BucketStatements } & Pick<Database, "writesOfOthers">,
): KeptBuckets {
  let kept = keepNone();
  /** Keys that open transactions have changed, and in how many. */
  const open = new Map<string, number>();
  /** For each read that is under way the keys that were changed meanwhile. */
  const changedMeanwhile = new Set<Set<string>>();
  let others: number | undefined;

  /** Forgets all that was read before others wrote. */
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

/** Those that start at `from` or later, where all of them are kept. */
function keptFrom(kept: Kept | undefined, from: number): Bucket[] | undefined {
  if (kept === undefined || kept.from > from) return undefined;
  const first = kept.buckets.findIndex(({ start }) => start >= from);
  return first === 0 ? kept.buckets : first === -1 ? [] : kept.buckets.slice(first);
}
