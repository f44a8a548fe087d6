import type { Child } from "hono/jsx";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { BookRef } from "@/application/trend/messages.ts";
import { bookUrl } from "./links.ts";

/** The reader's shelves and stars of a page's books, by their ids. */
export type Said = ReadonlyMap<string, ReaderBook>;

/** A form around lists of books, for their buttons. `back`: the page to return to without JavaScript. */
export const ActForm = ({ back, children }: { back: string; children?: Child }) => (
  <form class="list" method="post" data-acts>
    <input type="hidden" name="back" value={back} />
    {children}
  </form>
);

type Props = { book: Pick<BookRef, "id" | "title">; said: ReaderBook | undefined };
type Choice = { act: string; text: string; label: string; title?: string };

/** Buttons of which at most one is pressed. Pressing it again undoes the act (`off`). */
const Choices = (
  { book, label, off, holds, className, choices }: Pick<Props, "book"> & {
    label: string;
    off: string;
    holds: string | undefined;
    className: string;
    choices: Choice[];
  },
) => (
  <div class={className} role="group" aria-label={label} data-off={off} data-book={book.id}>
    {choices.map(({ act, text, label, title }) => (
      <button
        type="submit"
        formaction={`${bookUrl(book.id)}/acts`}
        name="act"
        value={act === holds ? off : act}
        data-on={act}
        aria-pressed={act === holds ? "true" : "false"}
        aria-label={label}
        title={title}
      >
        {text}
      </button>
    ))}
  </div>
);

const holdsOf = (said: ReaderBook | undefined) => said?.dismissed === true ? "dismissed" : said?.shelf;

/** The buttons of a book in a list: want, read, not for me. Like all buttons here it needs an `ActForm` around it. */
export const Say = ({ book, said }: Props) => {
  const holds = holdsOf(said);
  return (
    <Choices
      book={book}
      label={`Your list: ${book.title}`}
      className="say"
      off="unshelved"
      holds={holds}
      choices={[
        holds === "reading"
          ? { act: "reading", text: "Reading", label: `Reading ${book.title}` }
          : { act: "want", text: "Want", label: `Want to read ${book.title}` },
        { act: "read", text: "Read", label: `Have read ${book.title}` },
        { act: "dismissed", text: "✕", label: `Not for me: ${book.title}`, title: "Not for me" },
      ]}
    />
  );
};

/** All acts on a book's own page, with full labels. */
export const SayInFull = ({ book, said }: Props) => (
  <Choices
    book={book}
    label="Your list"
    className="acts"
    off="unshelved"
    holds={holdsOf(said)}
    choices={[
      { act: "want", text: "Want to read", label: "Want to read" },
      { act: "reading", text: "Reading", label: "Reading" },
      { act: "read", text: "Read", label: "Read" },
      { act: "dismissed", text: "Not for me", label: "Not for me" },
    ]}
  />
);

export const Stars = ({ book, said }: Props) => (
  <Choices
    book={book}
    label={`Your rating of ${book.title}`}
    className="stars"
    off="unrated"
    holds={said?.rating === undefined ? undefined : `rated-${said.rating}`}
    choices={[1, 2, 3, 4, 5].map((stars) => ({ act: `rated-${stars}`, text: "★", label: `${stars} of 5` }))}
  />
);
