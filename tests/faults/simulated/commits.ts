import type { Outgoing, PositionKey } from "@/application/messaging/ports.ts";
import type { Commit } from "./history.ts";

/** A transaction of which nothing is known yet. */
export const createCommit = (store: string, by: string): Commit => ({
  store,
  by,
  wrote: false,
  claims: [],
  moves: [],
  taken: [],
  said: [],
  forgotten: [],
});

const commits = new WeakMap<object, Commit>();
export const belongsTo = (stores: object, commit: Commit): void => void commits.set(stores, commit);
/** The transaction that these stores belong to. */
export const commitOf = (stores: object): Commit => commits.get(stores)!;

type Place = { consumer: string; topic: string; partition: number };
/** What an epoch is kept under. */
export const ownerOf = ({ consumer, topic, partition }: Place) => `${consumer} ${topic}/${partition}`;

/** Methods that write nothing. */
const READS = new Set(["lock", "logs", "heldUp", "hold", "expect", "get", "has", "of", "withIsbn", "take"]);

/** Keeps what a call inside a transaction says about positions and events. */
export function note(
  commit: Commit,
  epochs: Map<string, number>,
  port: string,
  method: string,
  given: unknown[],
  answer: unknown,
): void {
  if (port === "positions" && (method === "claim" || method === "move")) {
    const { consumer, topic, partition } = given[0] as PositionKey;
    const place = { consumer, topic, partition };
    if (method === "claim") commit.claims.push({ ...place, epoch: (answer as { epoch: number }).epoch });
    else commit.moves.push({ ...place, next: given[1] as string, epoch: epochs.get(ownerOf(place)) ?? 0 });
  }
  if (!READS.has(method)) commit.wrote = true;
  if (port === "deadLetters" && method === "forget") commit.forgotten.push(given[1] as string);
  if (port === "outbox" && method === "add") commit.said.push(...given[0] as Outgoing[]);
}
