import { HOUR, hourOf } from "@/domain/hours.ts";

/** What can trend. */
export type Subject = "book" | "query";

const KINDS = ["found", "viewed", "want", "reading", "read", "rated", "searched"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * A vote: a reader's act of one kind on one key in one hour. A second act in that hour is the same vote, which makes
 * counting idempotent. `weight` is in tenths, a whole number: a view weighs 10.
 */
export type Vote = {
  subject: Subject;
  key: string;
  kind: Kind;
  /** The voter: a reader, a client (see `clientVoter`), or the id of the event when neither is known. */
  reader: string;
  time: number;
  weight: number;
  /** A pseudonym of the client that sent the act, when it is known. It changes each day. */
  client?: string;
  /** The query as the reader typed it. */
  spelling?: string;
};

/** The identity of a vote. */
export const voteKey = ({ subject, key, kind, reader, time }: Vote): string =>
  JSON.stringify([subject, key, hourOf(time), reader, kind]);

/** Weights of acts in tenths: viewed < want < reading < read. */
const WEIGHT = { viewed: 10, want: 20, reading: 30, read: 40, searched: 10 };
/** Weights in tenths that a search gives to its first results, by position. */
const FOUND = [5, 4, 3, 2, 1];

/** Who votes, when, and from which client. */
type About = Pick<Vote, "reader" | "time" | "client">;

/** The vote of a view or of a shelf. */
export function bookVote(book: string, kind: "viewed" | "want" | "reading" | "read", by: About): Vote {
  return { subject: "book", key: book, kind, ...by, weight: WEIGHT[kind] };
}

/** The vote of a rating from 1 to 5: ten tenths a star, so that five stars weigh more than `read`. */
export function ratingVote(book: string, rating: number, by: About): Vote {
  return { subject: "book", key: book, kind: "rated", ...by, weight: 10 * rating };
}

/** The votes of a search: for its normal form, and with less weight for the first books that it found. */
export function searchVotes(normal: string, books: string[], by: About): Vote[] {
  const query: Vote = { subject: "query", key: normal, kind: "searched", ...by, weight: WEIGHT.searched };
  const found = books.slice(0, FOUND.length).map((book, at): Vote => ({
    subject: "book",
    key: book,
    kind: "found",
    ...by,
    weight: FOUND[at] ?? 0,
  }));
  // A query without results does not trend, because nobody can find anything by it.
  return books.length === 0 ? [] : [query, ...found];
}

/** The weight of an anonymous act in tenths, a fifth of a reader's view. */
const ANONYMOUS = 2;

/** The vote of an anonymous act. An anonymous search votes for its query only. */
export const anonymousVote = (subject: Subject, key: string, by: About): Vote => ({
  subject,
  key,
  kind: subject === "book" ? "viewed" : "searched",
  ...by,
  weight: ANONYMOUS,
});

const CLIENT = "client ";

/** The voter of all anonymous acts of a client. It has a space, so it cannot be a reader id. */
export const clientVoter = (client: string): string => CLIENT + client;
export const isClientVoter = (reader: string): boolean => reader.startsWith(CLIENT);

/**
 * The time of a client's vote: the start of its hour. A client's acts are in several partitions, and this makes the vote
 * the same whichever partition is read first.
 */
export const clientVoteTime = (time: number): number => hourOf(time) * HOUR;
