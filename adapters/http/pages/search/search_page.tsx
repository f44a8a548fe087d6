import type { Book } from "@/domain/catalog/book.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { type FacetList, MAX_COUNTED, type Total } from "@/application/catalog/search/listing/count_facets.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import type { QueryTrend } from "@/application/trend/messages.ts";
import { BookRows } from "@/adapters/http/pages/book_items.tsx";
import { Layout } from "@/adapters/http/pages/layout.tsx";
import { searchUrl } from "@/adapters/http/pages/links.ts";
import { EmptyCatalogue } from "@/adapters/http/pages/panels.tsx";
import { ActiveFilters, type Asked, FilterMenus } from "./search_filters.tsx";
import { ActForm, type Said } from "@/adapters/http/pages/say.tsx";

/** `total`: how many books match. `facets`: how many of them each filter matches. */
type Search = {
  asked: Asked;
  books: Book[];
  said: Said;
  total: Total;
  facets: FacetList[];
  relaxed: boolean;
  suggestion: string | undefined;
  next: string | undefined;
  isFirst: boolean;
  /** Suggestions when nothing was found. */
  help: { popular: Book[]; queries: Panel<QueryTrend> } | undefined;
};

/** The results of a search, or the catalogue without a query. */
export const SearchPage = (search: Search) => {
  const { asked, books, said, suggestion, relaxed, next, isFirst, help, facets } = search;
  const { q = "" } = asked;
  return (
    <Layout title={q === "" ? "Books – Bookstream" : `${q} – Bookstream`} query={q} path="/search">
      <h1 class="found">
        {q === "" ? "All books" : (
          <>
            Books for “<bdi>{q}</bdi>”
          </>
        )}
      </h1>
      {suggestion === undefined ? null : (
        <p class="meant">
          Did you mean <a href={searchUrl({ ...asked, q: suggestion })}>{suggestion}</a>?
        </p>
      )}
      <div class="filters">
        <p role="status">{resultText(search)}</p>
        {books.length === 0 ? null : <FilterMenus asked={asked} facets={facets} />}
      </div>
      <ActiveFilters asked={asked} />
      {relaxed && books.length > 0
        ? <p class="hint">No book has all of these words. Here are those that have most of them.</p>
        : null}
      <ActForm back={searchUrl(asked)}>
        {books.length === 0 ? null : <BookRows books={books} said={said} />}
        {help === undefined ? null : <Nothing asked={asked} help={help} said={said} />}
      </ActForm>
      {next === undefined && isFirst ? null : (
        <nav class="pager" aria-label="Pages">
          {isFirst ? null : <a href={searchUrl(asked)}>First page</a>}
          {next === undefined ? null : <a rel="next" href={next}>More books</a>}
        </nav>
      )}
    </Layout>
  );
};

function resultText({ books, total: { count, exact }, next, isFirst }: Search): string {
  if (books.length === 0) return "Nothing found.";
  // The total counts every edition, of which a page of the best matches shows one.
  if (isFirst && next === undefined) return countOf(books.length, "book");
  if (exact) return countOf(count, "book");
  return `${count === MAX_COUNTED ? "More than" : "At least"} ${countOf(count, "book")}`;
}

const nothingText = (q: string | undefined, hasFilters: boolean): string => {
  if (q === undefined) return "No book here fits all of these filters.";
  return hasFilters ? "No book here has these words and fits the filters." : "No book here has these words.";
};

const FewerFilters = ({ q }: Pick<Asked, "q">) =>
  q === undefined ? <li>Remove one of the filters above.</li> : (
    <li>
      Search <a href={searchUrl({ q })}>without the filters</a>.
    </li>
  );

type NothingProps = { asked: Asked; help: NonNullable<Search["help"]>; said: Said };

const Nothing = ({ asked, help: { popular, queries }, said }: NothingProps) => {
  // The most popular books of the whole catalogue.
  if (popular.length === 0) return <EmptyCatalogue />;
  const { q, sort: _sort, ...filters } = asked;
  const hasFilters = Object.values(filters).some((value) => value !== undefined);
  return (
    <>
      <div class="empty">
        <p>{nothingText(q, hasFilters)} What may help:</p>
        <ul>
          {hasFilters ? <FewerFilters q={q} /> : null}
          {q === undefined ? null : (
            <>
              <li>Use fewer words: the title alone, or the author’s last name.</li>
              <li>An ISBN finds exactly one book; the words may be in any order.</li>
            </>
          )}
          <li>
            Look at <a href="/search">all books</a>, or at <a href="/trends">what others read</a>.
          </li>
        </ul>
      </div>
      {queries.items.length === 0 ? null : (
        <section aria-labelledby="others">
          <h2 id="others">Others search for</h2>
          <ul class="chips">
            {queries.items.map(({ query }) => (
              <li>
                <a href={searchUrl({ q: query })} dir="auto">{query}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="popular">
        <h2 id="popular">Popular books</h2>
        <BookRows books={popular} said={said} />
      </section>
    </>
  );
};
