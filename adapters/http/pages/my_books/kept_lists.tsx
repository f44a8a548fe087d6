import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import type { KeptOfReader } from "@/application/recommendation/messages.ts";
import { bookUrl, searchUrl } from "@/adapters/http/pages/links.ts";

export type KeptListsProps = {
  reader: string;
  list: ReaderBook[];
  recommendations: KeptOfReader | undefined;
  /** Whether the recommendation service does not answer. */
  isMissing: boolean;
  titles: ReadonlyMap<string, string>;
  /** The most rows shown of each list. */
  rows: number;
};

/** The stored data of a reader: shelves, acts and searches. */
export const KeptLists = ({ reader, list, recommendations, isMissing, titles, rows }: KeptListsProps) => {
  const { acts = [], searches = [] } = recommendations ?? {};
  return (
    <>
      <p>
        You are known here by a random name alone,{" "}
        <code>{reader}</code>, which a cookie in this browser keeps. No name, address or account belongs to it.
      </p>
      <p>
        <a class="button" href="/my-books/kept.json" download="bookstream-kept.json">Download it as JSON</a>
      </p>
      <Rows
        id="said"
        title="What you said"
        count={list.length}
        rows={list.slice(0, rows).map(({ book, shelf, rating, dismissed, time }) => ({
          time,
          what: [
            ...(shelf === undefined ? [] : [SHELF_WORDS[shelf]]),
            ...(rating === undefined ? [] : [`${rating} of 5 stars`]),
            ...(dismissed ? ["not for me"] : []),
          ].join(", "),
          text: titles.get(book) ?? book,
          href: bookUrl(book),
        }))}
      />
      {isMissing ? <p class="empty">What recommendations are made from cannot be shown at the moment.</p> : null}
      <Rows
        id="acts"
        title="What your recommendations are made from"
        count={acts.length}
        rows={acts.slice(0, rows).map(({ book, kind, stars, time }) => ({
          time: Date.parse(time),
          what: kind === "rated" ? `${stars} of 5 stars` : ACT_WORDS[kind],
          text: titles.get(book) ?? book,
          href: bookUrl(book),
        }))}
      />
      <Rows
        id="searches"
        title="Searches"
        count={searches.length}
        rows={searches.slice(0, rows).map(({ query, time }) => ({
          time: Date.parse(time),
          what: "searched for",
          text: query,
          href: searchUrl({ q: query }),
        }))}
      />
      <p class="note">
        Trends keep a vote for each book and hour in which you did something with it, for some weeks. What the log of
        events still has goes with its time.
      </p>
    </>
  );
};

const SHELF_WORDS = { want: "want to read", reading: "reading", read: "read" };
const ACT_WORDS = {
  ...SHELF_WORDS,
  viewed: "looked at",
  rated: "rated",
  dismissed: "not for me",
  cleared: "taken back",
  unshelved: "taken off your list",
  unrated: "stars taken back",
};

type RowsProps = {
  id: string;
  title: string;
  count: number;
  rows: { time: number; what: string; text: string; href: string }[];
};

const Rows = ({ id, title, count, rows }: RowsProps) =>
  count === 0 ? null : (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title} <small>{countOf(count, "entry", "entries")}</small>
      </h2>
      <ul class="records">
        {rows.map(({ time, what, text, href }) => (
          <li>
            <time class="note" datetime={new Date(time).toISOString()}>
              {new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC
            </time>
            <span>{what}</span>
            <a href={href} dir="auto">{text}</a>
          </li>
        ))}
      </ul>
      {count > rows.length ? <p class="note">The newest {rows.length} of them; all are in the download.</p> : null}
    </section>
  );
