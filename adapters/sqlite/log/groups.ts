import type { Clock } from "@/application/ports.ts";
import { type Owner, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { Database } from "@/adapters/sqlite/database.ts";
import type { SyncStatements } from "@/adapters/sqlite/connection/connection.ts";

export type GroupPartition = { topic: string; partition: number };

/** A member without a heartbeat loses its partitions after this time. */
export const SESSION_MS = 3_000;

/** A member's view of its group: who is alive, and who owns which partition. */
export interface Membership {
  /**
   * Sends a heartbeat. Revokes partitions assigned to another member unless they are `busy`, and claims its own that are free.
   * Returns the owned partitions. `read`: the next position of each partition by name.
   */
  beat(busy: Set<string>, read: Map<string, number>): Promise<GroupPartition[]>;
  /** Returns the owner of each partition whose owner is alive, by the partition's name. */
  owners(): Map<string, Owner>;
  /** Returns a number that changes when members join, leave or hand a partition over. */
  generation(): number;
  leave(): Promise<void>;
}

type MembershipDeps = {
  groups: Database;
  clock: Clock;
  /** The group's name. */
  name: string;
  member: string;
  partitions: GroupPartition[];
  /** The progress of an ephemeral group is not stored, so the log keeps no messages for it. */
  ephemeral?: boolean | undefined;
};

const OWNED = "SELECT topic, partition FROM owner WHERE name = ? AND member = ?";
const ALIVE_OWNERS = `SELECT topic, partition, member FROM owner WHERE name = ?
  AND member IN (SELECT member FROM member WHERE name = ? AND until BETWEEN ? AND ?)`;
const NEW_GENERATION =
  "INSERT INTO generation (name, number) VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1";

/** Creates a membership, which begins with the first heartbeat. Partitions are assigned round-robin, in the order of member names. */
export function createMembership(deps: MembershipDeps): Membership {
  const { groups, clock, name, member, partitions, ephemeral = false } = deps;
  const stored = new Map<string, number>();
  return {
    beat: (busy, read) =>
      groups.transaction((statements) => {
        const { all, run } = statements;
        const { removed, joined } = showAlive(statements, deps, clock.now());
        const members = all("SELECT member FROM member WHERE name = ? ORDER BY member", name).map((row) => row.member);
        const mine = partitions.filter((_, at) => members[at % members.length] === member);
        const given = exchange(statements, deps, mine, busy);
        if (!ephemeral) storeProgress(statements, deps, { read, stored, all: joined > 0 });
        if (removed + joined + given > 0) run(NEW_GENERATION, name);
        return Promise.resolve(all(OWNED, name, member).map(partitionOf));
      }),
    owners() {
      const now = clock.now();
      const ownerOf = (own: string): Owner => ({ kind: own === member ? "self" : "suite", name: own });
      const rows = groups.read.all(ALIVE_OWNERS, name, name, now, now + SESSION_MS);
      return new Map(rows.map((row) => [partitionName(partitionOf(row)), ownerOf(String(row.member))]));
    },
    generation: () => Number(groups.read.get("SELECT number FROM generation WHERE name = ?", name)?.number ?? 0),
    leave: () =>
      groups.transaction(({ run }) => {
        run("DELETE FROM owner WHERE name = ? AND member = ?", name, member);
        run("DELETE FROM member WHERE name = ? AND member = ?", name, member);
        run(NEW_GENERATION, name);
        return Promise.resolve();
      }),
  };
}

const partitionOf = (row: Record<string, unknown>): GroupPartition => ({
  topic: String(row.topic),
  partition: Number(row.partition),
});

/**
 * Renews this member's session and removes the expired members. Returns how many were removed and joined. A session that ends too
 * late is from before the clock was set back, so it is shortened to a full session from now.
 */
function showAlive(
  { all, run }: SyncStatements,
  { name, member }: MembershipDeps,
  now: number,
): { removed: number; joined: number } {
  const until = now + SESSION_MS;
  run("UPDATE member SET until = ? WHERE name = ? AND until > ?", until, name, until);
  const silent = all("SELECT member FROM member WHERE name = ? AND until < ? AND member <> ?", name, now, member);
  for (const row of silent) {
    run("DELETE FROM member WHERE name = ? AND member = ?", name, row.member!);
    run("DELETE FROM owner WHERE name = ? AND member = ?", name, row.member!);
  }
  const joined = run(
    "INSERT INTO member (name, member, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    name,
    member,
    until,
  );
  run("UPDATE member SET until = ? WHERE name = ? AND member = ?", until, name, member);
  return { removed: silent.length, joined };
}

/** Revokes partitions that belong to others now and are not busy, and claims this member's free ones. Returns how many it revoked. */
function exchange(
  { all, run }: SyncStatements,
  { name, member }: MembershipDeps,
  mine: GroupPartition[],
  busy: Set<string>,
): number {
  const keep = new Set([...mine.map(partitionName), ...busy]);
  let given = 0;
  for (const partition of all(OWNED, name, member).map(partitionOf)) {
    if (keep.has(partitionName(partition))) continue;
    given += run(
      "DELETE FROM owner WHERE name = ? AND topic = ? AND partition = ? AND member = ?",
      name,
      partition.topic,
      partition.partition,
      member,
    );
  }
  for (const { topic, partition } of mine) {
    run(
      "INSERT INTO owner (name, topic, partition, member) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      name,
      topic,
      partition,
      member,
    );
  }
  return given;
}

/** Stores the next position of each partition that has moved, or of `all` partitions when the member has just joined. */
function storeProgress(
  { run }: SyncStatements,
  { name, partitions }: MembershipDeps,
  { read, stored, all }: { read: Map<string, number>; stored: Map<string, number>; all: boolean },
): void {
  for (const { topic, partition } of partitions) {
    const key = partitionName({ topic, partition });
    const next = read.get(key);
    if (next === stored.get(key) && !all) continue;
    run(
      `INSERT INTO progress (name, topic, partition, next) VALUES (?, ?, ?, ?)
       ON CONFLICT DO ${next === undefined ? "NOTHING" : "UPDATE SET next = excluded.next"}`,
      name,
      topic,
      partition,
      next ?? 0,
    );
    if (next !== undefined) stored.set(key, next);
  }
}
