import type { Clock } from "@/application/ports.ts";
import type { Database } from "@/adapters/sqlite/database.ts";

export type GroupPartition = { topic: string; partition: number };
export const nameOf = ({ topic, partition }: GroupPartition): string => `${topic}/${partition}`;

/** How long a member that no longer shows signs of life keeps its partitions, in milliseconds. */
export const SESSION = 3_000;

/** Membership of one group: who is alive, and who owns which partition. */
export interface Membership {
  /**
   * Shows that the member is alive and settles who owns what: gives up places that are another's by now unless they are
   * `busy`, takes its own that are free. Returns what it owns. `read`: how far it has read, by the names of places.
   */
  beat(busy: Set<string>, read: Map<string, number>): Promise<GroupPartition[]>;
  /** A number that changes when members come, go or hand a partition over. */
  generation(): number;
  leave(): Promise<void>;
}

/**
 * Joins nothing yet: the first beat does. Places are shared out in turn, in the order of members' names. How far a group has read
 * is not noted when it only passes by.
 */
export function createMembership(
  groups: Database,
  clock: Clock,
  name: string,
  member: string,
  places: GroupPartition[],
  passing = false,
): Membership {
  /** What was said last of how far it has read. */
  const told = new Map<string, number>();
  return {
    beat: (busy, read) =>
      groups.transaction(({ all, run }) => {
        const now = clock.now();
        const gone = all("SELECT member FROM member WHERE name = ? AND until < ? AND member <> ?", name, now, member);
        for (const row of gone) {
          run("DELETE FROM member WHERE name = ? AND member = ?", name, row.member!);
          run("DELETE FROM owner WHERE name = ? AND member = ?", name, row.member!);
        }
        const joined = run(
          "INSERT INTO member (name, member, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          name,
          member,
          now + SESSION,
        );
        run("UPDATE member SET until = ? WHERE name = ? AND member = ?", now + SESSION, name, member);
        const members = all("SELECT member FROM member WHERE name = ? ORDER BY member", name).map((row) => row.member);
        const mine = new Set(places.filter((_, at) => members[at % members.length] === member).map(nameOf));
        let moved = gone.length + joined;
        for (
          const place of owned(all("SELECT topic, partition FROM owner WHERE name = ? AND member = ?", name, member))
        ) {
          if (mine.has(nameOf(place)) || busy.has(nameOf(place))) continue;
          moved += run(
            "DELETE FROM owner WHERE name = ? AND topic = ? AND partition = ? AND member = ?",
            name,
            place.topic,
            place.partition,
            member,
          );
        }
        for (const place of places.filter((place) => mine.has(nameOf(place)))) {
          run(
            "INSERT INTO owner (name, topic, partition, member) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            name,
            place.topic,
            place.partition,
            member,
          );
        }
        for (const place of passing ? [] : places) {
          const next = read.get(nameOf(place));
          if (next === told.get(nameOf(place)) && joined === 0) continue;
          run(
            `INSERT INTO progress (name, topic, partition, next) VALUES (?, ?, ?, ?)
             ON CONFLICT DO ${next === undefined ? "NOTHING" : "UPDATE SET next = excluded.next"}`,
            name,
            place.topic,
            place.partition,
            next ?? 0,
          );
          if (next !== undefined) told.set(nameOf(place), next);
        }
        if (moved > 0) {
          run(
            "INSERT INTO generation (name, number) VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1",
            name,
          );
        }
        return Promise.resolve(
          owned(all("SELECT topic, partition FROM owner WHERE name = ? AND member = ?", name, member)),
        );
      }),
    generation: () => Number(groups.read.get("SELECT number FROM generation WHERE name = ?", name)?.number ?? 0),
    leave: () =>
      groups.transaction(({ run }) => {
        run("DELETE FROM owner WHERE name = ? AND member = ?", name, member);
        run("DELETE FROM member WHERE name = ? AND member = ?", name, member);
        run("INSERT INTO generation (name, number) VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1", name);
        return Promise.resolve();
      }),
  };
}

const owned = (rows: Record<string, unknown>[]): GroupPartition[] =>
  rows.map((row) => ({ topic: String(row.topic), partition: Number(row.partition) }));
