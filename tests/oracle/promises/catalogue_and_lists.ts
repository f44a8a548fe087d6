import type { Act } from "@/domain/activity/act.ts";
import { afterAct, type ReaderBook } from "@/domain/activity/reader_book.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { type Event, lasting } from "../events.ts";
import type { Evidence, WebState } from "../evidence.ts";
import { booksOf } from "../model/books.ts";
import { differences, type Violation } from "../violation.ts";

type Known = Pick<Evidence, "events" | "foreign"> & { state: { web: Pick<WebState, "books" | "readerBooks"> } };

/**
 * Promise 2, I2: the catalogue and the readers' own lists are what their events say in their order, so that no row is there
 * without its event and no event without its row. Lists are not compared for a book that was forgotten: which acts came before
 * that is not seen in the log, as a book's and a reader's events have different keys.
 */
export function checkCatalogueAndLists({ events, foreign, state: { web } }: Known): Violation[] {
  const own = events.filter(({ envelope }) => !foreign.has(envelope.id));
  const nameOf = ({ reader, book }: ReaderBook) => `${reader} ${book}`;
  const says = ({ shelf, rating, dismissed, time }: ReaderBook) => JSON.stringify([shelf, rating, dismissed, time]);
  const forgotten = new Set(
    own.filter(({ envelope }) => envelope.type === ACTIVITY.bookForgotten).map(({ envelope }) => envelope.data.book),
  );
  const rows = (all: ReaderBook[]) =>
    new Map(all.filter(({ book }) => !forgotten.has(book)).map((row) => [nameOf(row), says(row)]));
  return [
    ...differences("I2", "book", booksOf(own), web.books),
    ...differences("I2", "reader_book", rows(listsOf(own)), rows(web.readerBooks)),
  ];
}

const ACTS: Record<string, Act["type"]> = {
  [ACTIVITY.bookShelved]: "shelved",
  [ACTIVITY.bookRated]: "rated",
  [ACTIVITY.bookDismissed]: "dismissed",
  [ACTIVITY.bookCleared]: "cleared",
};

function listsOf(events: Event[]): ReaderBook[] {
  const rows = new Map<string, ReaderBook>();
  for (const { envelope: { type, data }, time } of lasting(events)) {
    const act = ACTS[type];
    if (act === undefined) continue;
    const name = `${data.reader} ${data.book}`;
    const after = afterAct(rows.get(name), { ...data, type: act } as Act, time);
    if (after !== undefined) rows.set(name, after);
  }
  return [...rows.values()];
}
