import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { PositionKey, PositionMove } from "@/application/messaging/consuming/ports.ts";
import type { StoreName } from "@/tests/oracle/consumers.ts";
import type { Commit } from "./history.ts";

/** A transaction of which nothing is known yet. */
export const createCommit = (store: StoreName, by: string, version: number): Commit => ({
  store,
  by,
  version,
  wrote: false,
  claims: [],
  moves: [],
  taken: [],
  said: [],
  forgotten: [],
});

const COMMIT = Symbol("commit");
/** Stores that know their transaction, also where a service hands on a copy of them. */
export const withCommit = <Stores extends object>(stores: Stores, commit: Commit): Stores => ({
  ...stores,
  [COMMIT]: commit,
});
/** The transaction that these stores belong to. */
export function commitOf(stores: object): Commit {
  const commit: Commit | undefined = Reflect.get(stores, COMMIT);
  if (commit === undefined) throw new Error("these stores belong to no simulated transaction");
  return commit;
}

type Place = { consumer: string; topic: string; partition: number };
const placeOf = ({ consumer, topic, partition }: PositionKey): Place => ({ consumer, topic, partition });
/** What an epoch is kept under. */
export const ownerOf = ({ consumer, topic, partition }: Place, version: number) =>
  `${consumer} v${version} ${topic}/${partition}`;

/** Methods that write nothing. */
const READS = new Set([
  "lock",
  "logs",
  "blockedKeys",
  "hold",
  "lockAndPrefetch",
  "get",
  "has",
  "of",
  "withIsbn",
  "take",
]);

/** Keeps what a call inside a transaction says about positions and events. */
export function note(
  commit: Commit,
  epochs: Map<string, number>,
  port: string,
  method: string,
  given: unknown[],
  answer: unknown,
): void {
  if (port === "positions" && method === "claim") {
    commit.claims.push({ ...placeOf(given[0] as PositionKey), epoch: (answer as { epoch: number }).epoch });
  }
  if (port === "positions" && method === "move") {
    for (const { key, next } of given[0] as PositionMove[]) {
      const owner = ownerOf(key, commit.version);
      const claimed = commit.claims.find((claim) => ownerOf(claim, commit.version) === owner);
      commit.moves.push({ ...placeOf(key), next, epoch: claimed?.epoch ?? epochs.get(owner) ?? 0 });
    }
  }
  if (port === "versions") noteVersions(commit, method, given);
  if (!READS.has(method)) commit.wrote = true;
  if (port === "deadLetters" && method === "forget") commit.forgotten.push(given[1] as string);
  if (port === "outbox" && method === "add") commit.said.push(...given[0] as Outgoing[]);
}

function noteVersions(commit: Commit, method: string, [of]: unknown[]): void {
  if (method === "begin") commit.began = new Map();
  if (method === "switchTo") commit.switched = of as number;
  if (method === "clear" && "above" in (of as object)) commit.clearedAbove = (of as { above: number }).above;
}
