import type { Child } from "hono/jsx";
import type { Book } from "@/domain/catalog/book.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { BookRef } from "@/application/trend/messages.ts";
import { Cover } from "./cover.tsx";
import { languageText, some, yearText } from "./facts.ts";
import { bookUrl } from "./links.ts";

/** What the reader of a page has said about its books, by their ids. */
export type Said = ReadonlyMap<string, ReaderBook>;
/** The name and the language of a book, and who wrote it. */
type Shown = BookRef & { language?: string };

export const SHELF_NAMES = { want: "Want to read", reading: "Reading", read: "Read" } as const;

/** A form around lists of books, for the buttons in them. `back`: where it leads to without script. */
export const ActForm = ({ back, children }: { back: string; children?: Child }) => (
  <form class="list" method="post" data-acts>
    <input type="hidden" name="back" value={back} />
    {children}
  </form>
);

/** Puts a book on the reader's list with one click, or says where it stands. Wants an `ActForm` around it. */
const WantButton = ({ book, said }: { book: BookRef; said: Said }) => {
  const { shelf, dismissed = false } = said.get(book.id) ?? {};
  if ((shelf === "reading" || shelf === "read") && !dismissed) {
    return <a class="stamp" href={`${bookUrl(book.id)}#yours`}>{SHELF_NAMES[shelf]}</a>;
  }
  const isWanted = shelf === "want" && !dismissed;
  return (
    <button
      type="submit"
      class="want"
      formaction={`${bookUrl(book.id)}/acts`}
      name="act"
      value="want"
      aria-pressed={isWanted ? "true" : "false"}
      aria-label={`Want to read ${book.title}`}
    >
      Want to read
    </button>
  );
};

const Authors = ({ authors }: { authors: string[] }) =>
  authors.length === 0 ? null : <span class="authors" dir="auto">{authors.join(", ")}</span>;

const TitleLink = ({ book }: { book: Shown }) => (
  <a class="title" href={bookUrl(book.id)} dir="auto" lang={book.language}>{book.title}</a>
);

/** A book of a list; `editions`: how many books are editions of its work, itself among them. */
type Row = Book & { editions?: number };
type RowsProps = { books: Row[]; said: Said; note?: (book: Row) => Child };

/** Books one below the other, each with its facts. */
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
            : <a class="note" href={`${bookUrl(book.id)}#editions`}>{some(book.editions ?? 1, "edition")}</a>}
          {note?.(book)}
        </div>
        <WantButton book={book} said={said} />
      </li>
    ))}
  </ol>
);

const factsOf = ({ series, series_number, year, language, subjects }: Book): string[] => [
  ...(series === undefined ? [] : [series_number === undefined ? series : `${series}, book ${series_number}`]),
  ...(year === undefined ? [] : [yearText(year)]),
  ...(language === undefined ? [] : [languageText(language)]),
  ...subjects.slice(0, 2),
];

type Card = { book: Shown; note?: Child };

/** Books side by side, cover first. Without `said` there are no buttons. */
export const Shelf = ({ cards, said }: { cards: Card[]; said?: Said }) => (
  <ol class="shelf">
    {cards.map(({ book, note }) => (
      <li id={`book-${book.id}`}>
        <a class="card" href={bookUrl(book.id)} tabindex={-1} aria-hidden="true">
          <Cover title={book.title} authors={book.authors} />
        </a>
        <TitleLink book={book} />
        <Authors authors={book.authors} />
        {note === undefined ? null : <span class="note">{note}</span>}
        {said === undefined ? null : <WantButton book={book} said={said} />}
      </li>
    ))}
  </ol>
);

/** Books in the order of their ranks. */
export const Ranks = ({ cards, said }: { cards: Card[]; said: Said }) => (
  <ol class="rows ranks">
    {cards.map(({ book, note }) => (
      <li id={`book-${book.id}`}>
        <Cover title={book.title} authors={book.authors} />
        <div>
          <TitleLink book={book} />
          <Authors authors={book.authors} />
          {note === undefined ? null : <span class="note">{note}</span>}
        </div>
        <WantButton book={book} said={said} />
      </li>
    ))}
  </ol>
);
