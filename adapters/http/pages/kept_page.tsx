import type { ReaderBook } from "@/domain/activity/reader_book.ts";
import type { KeptOfReader } from "@/application/recommendation/messages.ts";
import { some } from "./facts.ts";
import { Layout } from "./layout.tsx";
import { bookUrl, searchUrl } from "./links.ts";

type Props = {
  /** None where the browser has no cookie. */
  reader: string | undefined;
  list: ReaderBook[];
  recommendations: KeptOfReader | undefined;
  /** Whether the recommendation service does not answer. */
  isMissing: boolean;
  titles: ReadonlyMap<string, string>;
  /** As many rows of each list are shown. */
  rows: number;
  counts: boolean;
  byBrowser: boolean;
};

/** The stored data of a reader, to see, download or erase; and whether they are counted. */
export const KeptPage = (props: Props) => (
  <Layout title="What is kept about me – Bookstream" path="/my-books">
    <h1>What is kept about me</h1>
    <nav class="tabs" aria-label="Shelves">
      <a href="/my-books">My books</a>
      <a href="/my-books/kept" aria-current="page">What is kept about me</a>
    </nav>
    {props.reader === undefined
      ? <p class="empty">Nothing is kept about you, and this browser has no reader cookie.</p>
      : <Kept {...props} reader={props.reader} />}
    <Counting {...props} />
    {props.reader === undefined ? null : <Erase />}
  </Layout>
);

const Kept = ({ reader, list, recommendations, isMissing, titles, rows }: Props & { reader: string }) => {
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
        {title} <small>{some(count, "entry", "entries")}</small>
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

const Counting = ({ counts, byBrowser }: Pick<Props, "counts" | "byBrowser">) => (
  <section aria-labelledby="counting">
    <h2 id="counting">To be counted or not</h2>
    <p>
      {counts
        ? "What you look at, search for and keep counts in trends and recommendations."
        : byBrowser
        ? "Your browser asks not to be counted (Global Privacy Control), and so you are not."
        : "You are not counted."}
      {counts ? null : (
        <>
          {" "}What you look at and search for is not recorded, your books stay yours, and recommendations are those of
          a newcomer or of what you did before.
        </>
      )}
    </p>
    {byBrowser ? null : (
      <form method="post" action="/my-books/counting">
        <button type="submit" name="counts" value={counts ? "no" : "yes"}>
          {counts ? "Do not count me" : "Count me again"}
        </button>
      </form>
    )}
  </section>
);

const Erase = () => (
  <section aria-labelledby="erase">
    <h2 id="erase">Erase everything</h2>
    <form method="post" action="/my-books/erasure">
      <p>Your books, your votes in trends and all that recommendations know of you go at once, and for good.</p>
      <p>
        <label>
          <input type="checkbox" name="sure" value="yes" required /> Yes, erase all of it
        </label>
      </p>
      <button type="submit" class="danger">Erase</button>
    </form>
  </section>
);
