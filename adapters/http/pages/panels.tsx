import type { Child } from "hono/jsx";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import { Ranks, type Said, Shelf } from "./book_items.tsx";
import { some } from "./facts.ts";
import { bookUrl, searchUrl } from "./links.ts";

type PanelProps<Item> = {
  id: string;
  title: string;
  what: string;
  empty: string;
  panel: Panel<Item>;
  show: (items: Item[]) => Child;
};

/** A list of another service: fresh, from an earlier time, empty, or not available. */
function PanelOf<Item>({ id, title, what, empty, panel, show }: PanelProps<Item>) {
  const { items, asOf, unavailable } = panel;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {asOf === undefined
        ? null
        : <p class="note">As of {new Date(asOf).toISOString().slice(0, 16).replace("T", " ")} UTC</p>}
      {unavailable === true ? <p class="empty">{what} are not available at the moment.</p> : null}
      {unavailable !== true && items.length === 0 ? <p class="empty">{empty}</p> : null}
      {items.length === 0 ? null : show(items)}
    </section>
  );
}

/** What readers did with a book in the last 24 hours, in their own words; undefined where it was nothing. */
export function trendText({ count, readers, searches }: Pick<BookTrend, "count" | "readers" | "searches">) {
  if (readers === 0 || count + searches === 0) return undefined;
  const did = count === 0 ? "searched for it" : searches === 0 ? "looked at it" : "looked at it or searched for it";
  return `${some(readers, "reader")} ${did} in 24 hours`;
}

export const BookTrends = ({ panel, said }: { panel: Panel<BookTrend>; said: Said }) => (
  <PanelOf
    id="trending-books"
    title="Trending books"
    what="Trends"
    empty="Nothing trends yet. Look at a book or search for one."
    panel={panel}
    show={(items) => <Ranks said={said} cards={items.map((item) => ({ book: item.book, note: trendText(item) }))} />}
  />
);

export const QueryTrends = ({ panel }: { panel: Panel<QueryTrend> }) => (
  <PanelOf
    id="trending-queries"
    title="Trending searches"
    what="Trends"
    empty="Nobody has searched yet."
    panel={panel}
    show={(items) => (
      <ol class="queries">
        {items.map(({ query, count, readers, books }) => (
          <li>
            <a class="title" dir="auto" href={searchUrl({ q: query })}>{query}</a>
            {count === 0 || readers === 0 ? null : <span class="note">{some(readers, "reader")} in 24 hours</span>}
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

type ForYouProps = { id: string; title: string; empty: string; panel: Panel<RecommendationItem>; said: Said };

/** Recommended books, each with its reason. */
export const Recommended = ({ id, title, empty, panel, said }: ForYouProps) => (
  <PanelOf
    id={id}
    title={title}
    what="Recommendations"
    empty={empty}
    panel={panel}
    show={(items) => <Shelf said={said} cards={items.map(({ book, reason }) => ({ book, note: reason.text }))} />}
  />
);
