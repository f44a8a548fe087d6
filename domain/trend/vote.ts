import { HOUR, hourOf } from "@/domain/hours.ts";

/** What trends: books and queries. */
export type Subject = "book" | "query";

const KINDS = ["found", "viewed", "want", "reading", "read", "rated", "searched"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * One vote: a reader's act of one kind on one subject in one hour. A second one in the hour is the same vote, which is
 * what makes counting idempotent. `weight` is a whole number of tenths: a view weighs 10.
 */
export type Vote = {
  subject: Subject;
  key: string;
  kind: Kind;
  /** Who votes: a reader, a client (see `clientVoter`), or the event of an act of which neither is known. */
  reader: string;
  time: number;
  weight: number;
  /** The client that the act came by, where it is known: another name of it each day. */
  client?: string;
  /** How a reader spelled a query. */
  spelling?: string;
};

/** What makes a vote the vote it is. */
export const voteKey = ({ subject, key, kind, reader, time }: Vote): string =>
  JSON.stringify([subject, key, hourOf(time), reader, kind]);

/** Weights of acts in tenths, in their order of meaning: viewed < want < reading < read. */
const WEIGHT = { viewed: 10, want: 20, reading: 30, read: 40, searched: 10 };
/** What a search gives its first results, by position. */
const FOUND = [5, 4, 3, 2, 1];

/** Who acts, when, and by which client. */
type About = Pick<Vote, "reader" | "time" | "client">;

/** A view of a book, or a place on a shelf. */
export function bookVote(book: string, kind: "viewed" | "want" | "reading" | "read", by: About): Vote {
  return { subject: "book", key: book, kind, ...by, weight: WEIGHT[kind] };
}

/** A rating from 1 to 5: ten tenths a star, so that five stars weigh more than having read it. */
export function ratingVote(book: string, rating: number, by: About): Vote {
  return { subject: "book", key: book, kind: "rated", ...by, weight: 10 * rating };
}

/** A search votes for its query (by normal form), and a little for the first books that it found. */
export function searchVotes(normal: string, books: string[], by: About): Vote[] {
  const query: Vote = { subject: "query", key: normal, kind: "searched", ...by, weight: WEIGHT.searched };
  const found = books.slice(0, FOUND.length).map((book, at): Vote => ({
    subject: "book",
    key: book,
    kind: "found",
    ...by,
    weight: FOUND[at] ?? 0,
  }));
  // A search without a result says nothing about what people can find here, so its query does not trend.
  return books.length === 0 ? [] : [query, ...found];
}

/** What an anonymous act weighs: a fifth of a reader's view. */
const ANONYMOUS = 2;

/** An act of an unknown reader: it votes for its book or its query only. */
export const anonymousVote = (subject: Subject, key: string, by: About): Vote => ({
  subject,
  key,
  kind: subject === "book" ? "viewed" : "searched",
  ...by,
  weight: ANONYMOUS,
});

const CLIENT = "client ";

/** The voter that all anonymous acts of a client are. No reader has this id, as it has a blank in it. */
export const clientVoter = (client: string): string => CLIENT + client;
export const isClientVoter = (reader: string): boolean => reader.startsWith(CLIENT);

/**
 * When a client's act votes: at the start of its hour. A client's acts are in many partitions of the log, and so its vote is the
 * same whichever of them is read first.
 */
export const clientVoteTime = (time: number): number => hourOf(time) * HOUR;
