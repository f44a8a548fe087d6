import { CATALOG } from "@/application/catalog/messages.ts";
import { type Event, isBook } from "../events.ts";

/** A book of the catalogue in one text. */
export const bookText = ({ version, title }: { version: unknown; title: unknown }): string =>
  `version ${version} ${title}`;

/** A book as a projection keeps it in one text; of a removed one it keeps no title. */
export const shownText = (book: { version: number; removed: boolean; title: string }): string =>
  `version ${book.version}${book.removed ? " removed" : ""} ${book.title}`;

/** The catalogue that events make in their order: books by id; those that are removed are not there. */
export function booksOf(events: Event[]): Map<string, string> {
  const books = new Map<string, string>();
  for (const { envelope: { type, data } } of events) {
    if (!isBook(type)) continue;
    if (type === CATALOG.bookRemoved) books.delete(String(data.id));
    else books.set(String(data.id), bookText({ version: data.version, title: data.title }));
  }
  return books;
}

type Newest = { version: number; removed: boolean; title: string };

/** Books with the newest version that any event tells, in whatever order they come. */
export function newestOf(events: Event[]): Map<string, Newest> {
  const newest = new Map<string, Newest>();
  for (const { envelope: { type, data } } of events) {
    if (!isBook(type)) continue;
    const [id, version, removed] = [String(data.id), Number(data.version), type === CATALOG.bookRemoved];
    if (version > (newest.get(id)?.version ?? 0)) {
      newest.set(id, { version, removed, title: removed ? "" : String(data.title) });
    }
  }
  return newest;
}

/** The same in one text a book. */
export const shownOf = (events: Event[]): Map<string, string> =>
  new Map([...newestOf(events)].map(([id, book]) => [id, shownText(book)]));
