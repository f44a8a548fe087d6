import { afterAct, type ReaderBook } from "@/domain/activity/reader_book.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Act as DomainAct } from "@/domain/activity/act.ts";
import type { Event } from "./events.ts";
import { differences, type Violation, violation } from "./violation.ts";

/** What the web service's store holds: books by id with version and title, readers' own lists, rows of the outbox. */
export type WebState = { books: Map<string, string>; readerBooks: ReaderBook[]; outbox: number };

/** The state that the catalogue and the readers' lists must have: what the events say, in their order. */
export function checkWeb(events: Event[], { books, readerBooks, outbox }: WebState): Violation[] {
  const nameOf = ({ reader, book }: ReaderBook) => `${reader} ${book}`;
  const says = ({ shelf, rating, dismissed, time }: ReaderBook) => JSON.stringify([shelf, rating, dismissed, time]);
  const rows = (all: ReaderBook[]) => new Map(all.map((row) => [nameOf(row), says(row)]));
  return [
    ...differences("I2", "book", booksOf(events), books),
    ...differences("I2", "reader_book", rows(listsOf(events)), rows(readerBooks)),
    ...violation("I11", "the outbox is not empty", outbox === 0 ? [] : [`${outbox} rows`]),
  ];
}

/** Books by id with version and title; those that are removed are not there. */
export function booksOf(events: Event[]): Map<string, string> {
  const books = new Map<string, string>();
  for (const { envelope: { type, data } } of events) {
    if (type === CATALOG.bookAdded || type === CATALOG.bookChanged) {
      books.set(String(data.id), `version ${data.version} ${data.title}`);
    } else if (type === CATALOG.bookRemoved) books.delete(String(data.id));
  }
  return books;
}

const ACTS: Record<string, DomainAct["type"]> = {
  [ACTIVITY.bookShelved]: "shelved",
  [ACTIVITY.bookRated]: "rated",
  [ACTIVITY.bookDismissed]: "dismissed",
};

function listsOf(events: Event[]): ReaderBook[] {
  const readers = new Map<string, Map<string, ReaderBook>>();
  for (const { envelope: { type, data }, time } of events) {
    const reader = String(data.reader);
    if (type === ACTIVITY.readerErased) readers.delete(reader);
    const act = ACTS[type];
    if (act === undefined) continue;
    const own = readers.get(reader) ?? new Map<string, ReaderBook>();
    readers.set(reader, own);
    const book = String(data.book);
    const after = afterAct(own.get(book), { ...data, type: act } as DomainAct, time);
    if (after !== undefined) own.set(book, after);
  }
  return [...readers.values()].flatMap((own) => [...own.values()]);
}
