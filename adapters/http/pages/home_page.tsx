import type { Book } from "@/domain/catalog/book.ts";
import type { RecommendationItem } from "@/application/recommendation/messages.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import { ActForm, type Said, Shelf } from "./book_items.tsx";
import { Layout } from "./layout.tsx";
import { BookTrends, QueryTrends, Recommended } from "./panels.tsx";

type Home = {
  forYou: Panel<RecommendationItem>;
  books: Panel<BookTrend>;
  queries: Panel<QueryTrend>;
  newest: Book[];
  said: Said;
};

/** The start page: recommendations for the reader, trends, new books. */
export const HomePage = ({ forYou, books, queries, newest, said }: Home) => (
  <Layout title="Bookstream" path="/">
    <h1 class="hero">What will you read next?</h1>
    <ActForm back="/">
      <Recommended
        id="for-you"
        title="For you"
        empty="Look at a few books, and this list is made from them."
        panel={forYou}
        said={said}
      />
      <div class="columns">
        <BookTrends panel={books} said={said} />
        <QueryTrends panel={queries} />
      </div>
      <p>
        <a href="/trends">All trends</a>
      </p>
      <section aria-labelledby="newest">
        <h2 id="newest">Newest books</h2>
        {newest.length === 0
          ? <p class="empty">The catalogue is empty.</p>
          : <Shelf said={said} cards={newest.map((book) => ({ book }))} />}
      </section>
    </ActForm>
  </Layout>
);
