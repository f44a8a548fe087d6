import { ok, refuse, type Result } from "@/domain/result.ts";
import { type Fault, invalid, type Rejection } from "@/domain/rejection.ts";
import { aheadFault, isTooFarAhead } from "@/domain/time_ahead.ts";
import { isId, isWithin, lineFault } from "@/domain/free_text.ts";
import { normalForm } from "@/domain/text.ts";

export type Shelf = "want" | "reading" | "read";

/** What a reader does. Views and searches may be anonymous; acts on a reader's own list may not. */
export type Act =
  | { type: "viewed"; reader?: string; book: string }
  | { type: "searched"; reader?: string; query: string }
  | { type: "shelved"; reader: string; book: string; shelf: Shelf }
  | { type: "rated"; reader: string; book: string; rating: number }
  | { type: "dismissed"; reader: string; book: string }
  | { type: "cleared"; reader: string; book: string; what?: Cleared };

/** What a reader takes back: the shelf (or "not for me") or the rating. Both, when it is not given. */
export type Cleared = "shelf" | "rating";

/** An act as it was sent. Its shape was checked, but not the rules. */
export type ActDetails = {
  type: Act["type"];
  reader?: string | undefined;
  book?: string | undefined;
  query?: string | undefined;
  shelf?: Shelf | undefined;
  rating?: number | undefined;
  what?: Cleared | undefined;
};

export const LONGEST_QUERY = 200;
const READER = /^[^\s\p{C}]{1,64}$/u;
const E_MAIL = /^[^@]+@[^@]+\.[^@]+$/;

/** Creates an act. A rejection names every broken rule. A time that is too far ahead is refused. */
export function createAct(details: ActDetails, time: number, now: number): Result<Act, Rejection> {
  if (isTooFarAhead(time, now)) {
    return refuse({ code: "time-ahead", detail: aheadFault(time) });
  }
  const faults = [...readerFaults(details), ...subjectFaults(details)];
  return faults.length > 0 ? refuse(invalid(faults)) : ok(buildAct(details));
}

/** What is wrong with a reader id. It must be a pseudonym of 1 to 64 characters and no e-mail address. */
export function readerIdFault(reader: string): Fault | undefined {
  if (!READER.test(reader)) {
    return {
      path: ["reader"],
      message: `wanted 1 to ${ID_LENGTH} characters without spaces, ${foundIn(reader, ID_LENGTH, SPACE)}`,
    };
  }
  if (E_MAIL.test(reader)) {
    return { path: ["reader"], message: "wanted a pseudonym, found what looks like an e-mail address" };
  }
  return undefined;
}

/** Whether a query is short enough and has a letter or digit. */
export const isQuery = (query: string | undefined): query is string =>
  query !== undefined && isWithin(query.trim(), LONGEST_QUERY) && /[\p{L}\p{N}]/u.test(normalForm(query));

function readerFaults({ type, reader }: ActDetails): Fault[] {
  if (reader !== undefined) return [readerIdFault(reader)].filter((fault) => fault !== undefined);
  return type === "viewed" || type === "searched"
    ? []
    : [{ path: ["reader"], message: `wanted a reader's id, as ${type} belongs to a reader, found nothing` }];
}

/** Why a text is no id or query, without the text itself, which would be logged. */
function foundIn(text = "", most: number, unfit: string): string {
  if (text === "") return "found nothing";
  const length = Array.from(text).length;
  return length > most ? `found ${length} characters` : `found ${unfit}`;
}
const ID_LENGTH = 64;
const SPACE = "a space or an invisible character";

function subjectFaults({ type, book, query, shelf, rating }: ActDetails): Fault[] {
  const faults: Fault[] = [];
  if (type === "searched") {
    const message = isQuery(query)
      ? lineFault(query.trim(), LONGEST_QUERY)
      : `wanted 1 to ${LONGEST_QUERY} characters with a letter or digit, ${foundIn(query, LONGEST_QUERY, "none")}`;
    return message === undefined ? [] : [{ path: ["query"], message }];
  }
  if (book === undefined || !isId(book)) {
    faults.push({
      path: ["book"],
      message: `wanted a book's id, as ${type} is about a book, ${foundIn(book, ID_LENGTH, SPACE)}`,
    });
  }
  if (type === "shelved" && shelf === undefined) {
    faults.push({ path: ["shelf"], message: "wanted want, reading or read, found nothing" });
  }
  if (type === "rated" && !(Number.isInteger(rating) && rating! >= 1 && rating! <= 5)) {
    faults.push({ path: ["rating"], message: `wanted a whole number from 1 to 5, found ${rating ?? "nothing"}` });
  }
  return faults;
}

/** Builds the act of details that keep every rule. */
function buildAct({ type, reader, book, query, shelf, rating, what }: ActDetails): Act {
  const who = reader === undefined ? {} : { reader };
  switch (type) {
    case "viewed":
      return { type, ...who, book: book! };
    case "searched":
      return { type, ...who, query: query!.trim() };
    case "shelved":
      return { type, reader: reader!, book: book!, shelf: shelf! };
    case "rated":
      return { type, reader: reader!, book: book!, rating: rating! };
    case "dismissed":
      return { type, reader: reader!, book: book! };
    case "cleared":
      return { type, reader: reader!, book: book!, ...(what === undefined ? {} : { what }) };
  }
}
