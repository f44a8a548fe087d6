import type { Child } from "hono/jsx";
import type { Book } from "@/domain/catalog/book.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import type { BookRef } from "@/application/trend/messages.ts";
import { Cover } from "@/adapters/http/pages/covers/cover.tsx";
import { languageText, placeText, yearText } from "./facts.ts";
import { bookUrl } from "./links.ts";
import { type Said, Say } from "./say.tsx";

/** The title and language of a book, and its authors. */
type Shown = BookRef & { language?: string };

const Authors = ({ authors }: { authors: string[] }) =>
  authors.length === 0 ? null : <span class="authors" dir="auto">{authors.join(", ")}</span>;

const TitleLink = ({ book, title = book.title }: { book: Shown; title?: string | undefined }) => (
  <a class="title" href={bookUrl(book.id)} dir="auto" lang={book.language}>{title}</a>
);

/** A book of a list; `editions`: how many books are editions of its work, itself among them. */
type Row = Book & { editions?: number };
type RowsProps = { books: Row[]; said: Said; note?: (book: Row) => Child };

/** Books in rows, each with its details. */
export const BookRows = ({ books, said, note }: RowsProps) => (
  <ol class="rows">
    {books.map((book) => (
      <li id={`book-${book.id}`}>
        <Cover title={book.title} authors={book.authors} />
        <div>
          <TitleLink book={book} />
          <Authors authors={book.authors} />
          <span class="note">{factsOf(book).join(" · ")}</span>
          {(book.editions ?? 1) < 2
            ? null
            : <a class="note" href={`${bookUrl(book.id)}#editions`}>{countOf(book.editions ?? 1, "edition")}</a>}
          {note?.(book)}
        </div>
        <Say book={book} said={said.get(book.id)} />
      </li>
    ))}
  </ol>
);

const factsOf = ({ series, series_number, year, language, subjects }: Book): string[] => [
  ...(series === undefined ? [] : [series_number === undefined ? series : `${series}, ${placeText(series_number)}`]),
  ...(year === undefined ? [] : [yearText(year)]),
  ...(language === undefined ? [] : [languageText(language)]),
  ...subjects.slice(0, 2),
];

/** `title`: the shown title, where it is not the whole one. */
type Card = { book: Shown; title?: string; note?: Child; course?: Child };

/** Books side by side, cover first. Without `said` there are no buttons. */
export const Shelf = ({ cards, said }: { cards: Card[]; said?: Said }) => (
  <ol class="shelf">
    {cards.map(({ book, title, note }) => (
      <li id={`book-${book.id}`}>
        <a class="card" href={bookUrl(book.id)} tabindex={-1} aria-hidden="true">
          <Cover title={book.title} authors={book.authors} />
        </a>
        <TitleLink book={book} title={title} />
        <Authors authors={book.authors} />
        {note === undefined ? null : <span class="note">{note}</span>}
        {said === undefined ? null : <Say book={book} said={said.get(book.id)} />}
      </li>
    ))}
  </ol>
);

/** Books with their ranks. */
export const Ranks = ({ cards, said }: { cards: Card[]; said: Said }) => (
  <ol class="rows ranks">
    {cards.map(({ book, note, course }) => (
      <li id={`book-${book.id}`}>
        <Cover title={book.title} authors={book.authors} />
        <div>
          <TitleLink book={book} />
          <Authors authors={book.authors} />
          {note === undefined ? null : <span class="note">{note}</span>}
          {course}
        </div>
        <Say book={book} said={said.get(book.id)} />
      </li>
    ))}
  </ol>
);
