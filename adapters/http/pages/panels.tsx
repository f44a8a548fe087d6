import type { Child } from "hono/jsx";
import { countOf } from "@/application/shared/text/count_of.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import { Ranks, Shelf } from "./book_items.tsx";
import { bookUrl, searchUrl } from "./links.ts";
import type { Said } from "./say.tsx";
import { Change, Spark } from "@/adapters/http/pages/trends/spark.tsx";

/** `instead`: what to show when the list is empty or missing. */
type PanelProps<Item> = {
  id: string;
  title: string;
  what: string;
  empty: string;
  panel: Panel<Item>;
  instead?: Child;
  show: (items: Item[]) => Child;
};

/** A list of another service: fresh, from an earlier time, empty, or not available. */
function PanelOf<Item>({ id, title, what, empty, panel, instead, show }: PanelProps<Item>) {
  const { items, asOf, unavailable } = panel;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {asOf === undefined ? null : <AsOf time={asOf} />}
      {unavailable === true ? <p class="empty">{what} are not available at the moment.</p> : null}
      {unavailable !== true && items.length === 0 ? <p class="empty">{empty}</p> : null}
      {items.length === 0 ? instead : show(items)}
    </section>
  );
}

/** The text of a page without books. */
export const EmptyCatalogue = () => <p class="empty">The catalogue is empty.</p>;

const AsOf = ({ time }: { time: number }) => {
  const [day, clock] = new Date(time).toISOString().slice(0, 16).split("T");
  return (
    <p class="note">
      As of <time datetime={`${day}T${clock}Z`}>{clock} UTC, {day}</time>, as newer ones cannot be had at the moment
    </p>
  );
};

/** Returns what readers did with a book in the last 24 hours, as text, or undefined for nothing. */
export function trendText({ count, readers, searches }: Pick<BookTrend, "count" | "readers" | "searches">) {
  if (readers === 0 || count + searches === 0) return undefined;
  const did = count === 0 ? "searched for it" : searches === 0 ? "looked at it" : "looked at it or searched for it";
  return `${countOf(readers, "reader")} ${did} in 24 hours`;
}

/** `inFull`: shows the change of rank, the beginning, and the sparkline too. */
type BookTrendsProps = { panel: Panel<BookTrend>; said: Said; instead?: Child; inFull?: true };

export const BookTrends = ({ panel, said, instead, inFull }: BookTrendsProps) => (
  <PanelOf
    id="trending-books"
    title="Trending books"
    what="Trends"
    empty={instead === undefined
      ? "Nothing trends yet. Look at a book or search for one."
      : "Nothing trends yet. Until something does, popular books:"}
    panel={panel}
    instead={instead}
    show={(items) => (
      <Ranks
        said={said}
        cards={items.map((item) => ({
          book: item.book,
          note: trendText(item),
          course: inFull && <Course item={item} />,
        }))}
      />
    )}
  />
);

/** An item's change of rank, sparkline and beginning, in one line. */
const Course = ({ item: { change, history, since } }: { item: Pick<BookTrend, "change" | "history" | "since"> }) => (
  <span class="course">
    <Change change={change} />
    <Spark history={history} />
    {since === null ? null : <span class="note">since {sinceText(since)}</span>}
  </span>
);

const SINCE = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", timeZone: "UTC" });
const sinceText = (since: string) => <time datetime={since}>{SINCE.format(new Date(since))}</time>;

export const QueryTrends = ({ panel, inFull }: { panel: Panel<QueryTrend>; inFull?: true }) => (
  <PanelOf
    id="trending-queries"
    title="Trending searches"
    what="Trends"
    empty="No search trends yet."
    panel={panel}
    show={(items) => (
      <ol class="queries">
        {items.map(({ query, count, readers, books, ...item }) => (
          <li>
            <a class="title" dir="auto" href={searchUrl({ q: query })}>{query}</a>
            {inFull && <Course item={item} />}
            {count === 0 || readers === 0 ? null : <span class="note">{countOf(readers, "reader")} in 24 hours</span>}
            {books.length === 0 ? null : (
              <span class="note">
                {books.slice(0, 3).map((book, at) => (
                  <>
                    {at === 0 ? "" : " · "}
                    <a href={bookUrl(book.id)} dir="auto">{book.title}</a>
                  </>
                ))}
              </span>
            )}
          </li>
        ))}
      </ol>
    )}
  />
);

type ForYouProps = Pick<PanelProps<RecommendationItem>, "id" | "title" | "empty" | "panel" | "instead"> & {
  said: Said;
  here?: string;
};

/** The reason of a recommendation, with a link to its source book. The page's own book (`here`) is not named again. */
const Reason = (
  { reason: { kind, text, book }, here }: Pick<RecommendationItem, "reason"> & { here: string | undefined },
) => {
  if (book === undefined) return <>{text}</>;
  if (book === here) return <>{kind === "readers_also" ? "Readers of this book also chose it" : text}</>;
  return <a href={bookUrl(book)}>{text}</a>;
};

/** Recommended books, each with its reason. */
export const Recommended = ({ id, title, empty, panel, instead, said, here }: ForYouProps) => (
  <PanelOf
    id={id}
    title={title}
    what="Recommendations"
    empty={empty}
    panel={panel}
    instead={instead}
    show={(items) => (
      <Shelf
        said={said}
        cards={items.map(({ book, reason }) => ({ book, note: <Reason reason={reason} here={here} /> }))}
      />
    )}
  />
);
