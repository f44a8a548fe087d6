import type { Act, Cleared, Shelf } from "./act.ts";

/** What a reader has said about a book: where it stands, how it was, whether it is not for them. */
export type ReaderBook = {
  reader: string;
  book: string;
  shelf?: Shelf;
  rating?: number;
  dismissed: boolean;
  time: number;
  /** Whether the reader's last word on it is left out of what is counted. */
  uncounted?: true;
};

/** Whether the reader says anything about the book; not so after all was taken back. */
export const hasOpinion = (said: ReaderBook | undefined): said is ReaderBook =>
  said !== undefined && (said.shelf !== undefined || said.rating !== undefined || said.dismissed);

/** The popularity that a reader who keeps or rates a book well adds to that of the catalogue. */
const KEPT = 5;
const GOOD_RATING = 3;

/**
 * By how much an act changes how popular its book is: for the reader's first shelf or good rating, not for each. Views change
 * nothing, as anybody can make any number of them.
 */
export const popularityOf = (before: ReaderBook | undefined, after: ReaderBook | undefined): number =>
  keptPoints(after) - keptPoints(before);

const keptPoints = (said: ReaderBook | undefined): number =>
  said !== undefined && said.uncounted !== true && !said.dismissed &&
    (said.shelf !== undefined || (said.rating ?? 0) >= GOOD_RATING)
    ? KEPT
    : 0;

/** The state after an act: the newest act wins; to shelve or rate a book takes back a "not for me". What was taken back keeps its time, so that no older act brings it back. */
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

/** What stays of what the reader said when a part of it is taken back; nothing when all is. */
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
