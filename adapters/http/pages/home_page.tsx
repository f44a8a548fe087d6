import type { Book } from "@/domain/catalog/book.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import { Ranks, Shelf } from "./book_items.tsx";
import { Layout } from "./layout.tsx";
import { BookTrends, EmptyCatalogue, QueryTrends, Recommended } from "./panels.tsx";
import { ActForm, type Said } from "./say.tsx";

type Home = {
  forYou: Panel<RecommendationItem>;
  books: Panel<BookTrend>;
  queries: Panel<QueryTrend>;
  newest: Book[];
  /** Shown in place of missing recommendations. */
  popular: Book[];
  /** Shown in place of missing trends: those that are not above, where there are any. */
  otherPopular: Book[];
  said: Said;
};

/** The start page: recommendations for the reader, trends, new books. */
export const HomePage = ({ forYou, books, queries, newest, popular, otherPopular, said }: Home) => (
  <Layout title="Bookstream" path="/">
    <h1 class="hero">What will you read next?</h1>
    <ActForm back="/">
      <Recommended
        id="for-you"
        title="For you"
        empty={`Look at a few books, and this list is made from them.${
          popular.length === 0 ? "" : " Until then, popular ones:"
        }`}
        panel={forYou}
        instead={<Popular books={popular} said={said} />}
        said={said}
      />
      <div class="columns">
        <BookTrends
          panel={books}
          said={said}
          instead={otherPopular.length === 0
            ? undefined
            : <Ranks said={said} cards={otherPopular.map((book) => ({ book }))} />}
        />
        <QueryTrends panel={queries} />
      </div>
      <p>
        <a href="/trends">All trends</a>
      </p>
      <section aria-labelledby="newest">
        <h2 id="newest">New books</h2>
        {newest.length === 0 ? <EmptyCatalogue /> : <Shelf said={said} cards={newest.map((book) => ({ book }))} />}
      </section>
    </ActForm>
  </Layout>
);

const Popular = ({ books, said }: { books: Book[]; said: Said }) =>
  books.length === 0 ? null : <Shelf said={said} cards={books.map((book) => ({ book, note: "Popular" }))} />;
