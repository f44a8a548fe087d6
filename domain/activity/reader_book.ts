import type { Act, Cleared, Shelf } from "./act.ts";

/** What a reader says about a book: shelf, rating, "not for me". */
export type ReaderBook = {
  reader: string;
  book: string;
  shelf?: Shelf;
  rating?: number;
  dismissed: boolean;
  time: number;
  /** Set when the reader's last act on the book does not count towards popularity. */
  uncounted?: true;
};

/** Whether the reader says anything about the book. False after everything was taken back. */
export const hasOpinion = (said: ReaderBook | undefined): said is ReaderBook =>
  said !== undefined && (said.shelf !== undefined || said.rating !== undefined || said.dismissed);

/** How much popularity a reader adds to a book by a shelf or a good rating. */
const KEPT = 5;
const GOOD_RATING = 3;

/**
 * The change of a book's popularity by a reader's act. Only the first shelf or good rating adds to it.
 * Views add nothing, because anybody can make any number of them.
 */
export const popularityOf = (before: ReaderBook | undefined, after: ReaderBook | undefined): number =>
  keptPoints(after) - keptPoints(before);

const keptPoints = (said: ReaderBook | undefined): number =>
  said !== undefined && said.uncounted !== true && !said.dismissed &&
    (said.shelf !== undefined || (said.rating ?? 0) >= GOOD_RATING)
    ? KEPT
    : 0;

/**
 * The state after an act. The newest act wins, and a shelf or rating removes a "not for me".
 * The state stays after everything was taken back, because its time guards against older acts.
 */
export function afterAct(
  before: ReaderBook | undefined,
  act: Act,
  time: number,
  counts = true,
): ReaderBook | undefined {
  if (act.type === "viewed" || act.type === "searched") return before;
  if (before !== undefined && time < before.time) return before;
  const { shelf, rating } = before ?? {};
  const base = { reader: act.reader, book: act.book, time, ...(counts ? {} : { uncounted: true as const }) };
  const kept = { ...(shelf === undefined ? {} : { shelf }), ...(rating === undefined ? {} : { rating }) };
  switch (act.type) {
    case "shelved":
      return { ...base, ...kept, shelf: act.shelf, dismissed: false };
    case "rated":
      return { ...base, ...kept, rating: act.rating, dismissed: false };
    case "dismissed":
      return { ...base, ...kept, dismissed: true };
    case "cleared":
      return { ...base, ...keptAfter(act.what, before) };
  }
}

/** What is left after a reader takes a part or everything back. */
function keptAfter(
  what: Cleared | undefined,
  before: ReaderBook | undefined,
): Pick<ReaderBook, "shelf" | "rating" | "dismissed"> {
  const { shelf, rating, dismissed = false } = before ?? {};
  switch (what) {
    case "shelf":
      return { ...(rating === undefined ? {} : { rating }), dismissed: false };
    case "rating":
      return { ...(shelf === undefined ? {} : { shelf }), dismissed };
    case undefined:
      return { dismissed: false };
  }
}
