import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { Interaction } from "@/domain/recommendation/interaction.ts";
import type { Subject, Vote } from "@/domain/trend/vote.ts";
import type { DeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { NeighbourList } from "@/application/recommendation/ports.ts";
import type { KeyedBucket, KeyedScore } from "@/application/trend/ports.ts";
import type { Call } from "./calls.ts";
import type { StoreName } from "./consumers.ts";
import type { Event } from "./events.ts";
import type { Transaction } from "./transactions.ts";

/** The web service's store: books by id as `bookText` says them, readers' own lists, rows of the outbox. */
export type WebState = { books: Map<string, string>; readerBooks: ReaderBook[]; outbox: number };

/** The version of the trends that readers see. */
export type TrendState = {
  votes: Vote[];
  buckets: KeyedBucket[];
  scores: KeyedScore[];
  /** Books by id as `shownText` says them. */
  shown: Map<string, string>;
  /** What lists say of each key that is in them, as `tallyText` says it, for the subjects whose lists were asked. */
  listed: Partial<Record<Subject, Map<string, string>>>;
};

/** The version of the recommendations that readers see. `known`: books by id as `shownText` says them. */
export type RecommendationState = { interactions: Interaction[]; known: Map<string, string>; lists: NeighbourList[] };

/** A dead letter that waits for somebody. */
export type FoundDeadLetter = Pick<DeadLetter, "consumer" | "message" | "reason" | "detail">;

/**
 * A message that a consumer cannot handle and that must become a dead letter of it. Without a reason any will do; without a position
 * it is known by its bytes alone.
 */
export type Unusable = { consumer: string; message: Outgoing | Incoming; reason?: FoundDeadLetter["reason"] };

/**
 * A stored position as it was written or read. `place`: consumer, version, topic, partition, and who looked. A claim is by a new
 * owner, a move by the owner of the epoch; `gone` is the removal of the row, after which all starts again.
 */
export type PositionNote =
  | { place: string; kind: "claim" | "move" | "seen"; epoch: bigint; from?: bigint; next?: bigint; by?: string }
  | { place: string; kind: "gone" };

/** A version of a book that a client found between two times of the run's clock; undefined where the book was gone. */
export type Look = { book: string; asked: number; told: number; version: number | undefined };

/** What readers saw of the trends at a time (ms): votes by book. */
export type Sighting = { at: number; votes: Map<string, number> };
/** Readers who look all the while. `books`: those that are there all the time. `lost`: lists that lost what they had shown. */
export type Sightings = { trends: Sighting[]; books: string[]; lost: string[] };

/**
 * Plain facts about a run that has come to rest: what was asked and answered, what is in the log, and what is stored. Optional
 * are those that only some runs can know.
 */
export type Evidence = {
  calls: Call[];
  /** Every message of the log, partition by partition, in order. */
  messages: Incoming[];
  /** The distinct events among them, without those that nobody can use. */
  events: Event[];
  /** Ids of events and commands that are not of the suite and its clients. */
  foreign: Set<string>;
  /** Events that had their effect at a projection, in that order. */
  had: { trend: Event[]; recommendation: Event[] };
  state: { web: WebState; trend: TrendState; recommendation: RecommendationState };
  deadLetters: FoundDeadLetter[];
  unusable: Unusable[];
  /** Where messages of a type that no consumer knows stand (`topic/partition@position`). */
  unfollowed?: Set<string>;
  /** Whether what had failed was mended and its dead letters were replayed: then a command may have failed and have succeeded. */
  mended?: boolean;
  positions: PositionNote[];
  looks?: Look[];
  sightings?: Sightings;
  /** The versions that readers see. */
  live: Record<StoreName, number>;
  /** Every transaction that was stored, in order. */
  transactions?: Transaction[];
  /** Dumps of a version that readers see and of one that was made again of the same events. */
  rebuilt?: { name: string; live: string; rebuilt: string }[];
};
