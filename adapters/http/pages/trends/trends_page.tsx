import { type Order, ORDERS } from "@/domain/trend/rank_trends.ts";
import type { Panel } from "@/application/storefront/panel.ts";
import type { BookTrend, QueryTrend } from "@/application/trend/messages.ts";
import { Layout } from "@/adapters/http/pages/layout.tsx";
import { windowText } from "@/adapters/http/pages/facts.ts";
import { withQuery } from "@/adapters/http/pages/links.ts";
import { BookTrends, QueryTrends } from "@/adapters/http/pages/panels.tsx";
import { ActForm, type Said } from "@/adapters/http/pages/say.tsx";

const ORDER_NAMES: Record<Order, string> = { top: "Top", rising: "Rising" };

type Trends = {
  /** The parameters of the page; the shop's default window if there is none. */
  asked: { window: string | undefined; order: Order };
  /** The shown window, and those to choose from. */
  window: string | undefined;
  windows: string[];
  books: Panel<BookTrend>;
  queries: Panel<QueryTrend>;
  leastReaders: number | undefined;
  said: Said;
};

/** The address of the trends page, without default parameters. */
const trendsUrl = (window: string | undefined, order: Order, path = "/trends"): string =>
  withQuery(path, { window, order: order === "top" ? undefined : order });

/** Trends in a window: what is read and searched most, or rises most. The list of books is updated live. */
export const TrendsPage = ({ asked, window, windows, books, queries, leastReaders, said }: Trends) => {
  const { order } = asked;
  return (
    <Layout title="Trends – Bookstream" path="/trends">
      <h1>Trends</h1>
      <div class="filters">
        <nav class="tabs" aria-label="Order">
          {ORDERS.map((one) => (
            <a href={trendsUrl(asked.window, one)} aria-current={one === order ? "page" : undefined}>
              {ORDER_NAMES[one]}
            </a>
          ))}
        </nav>
        <nav class="tabs" aria-label="Half-life">
          {windows.map((one) => (
            <a href={trendsUrl(one, order)} aria-current={one === window ? "page" : undefined}>{windowText(one)}</a>
          ))}
        </nav>
      </div>
      <p class="note">
        {order === "rising" ? "What is done more than usual comes first. " : ""}
        {window === undefined ? "" : `A vote loses half its weight in ${windowText(window)}. `}
        {leastReaders === undefined ? "" : `${floorText(leastReaders)} `}
        Readers without a cookie count as one for each network address, and so do too many readers of one address.
      </p>
      <ActForm back={trendsUrl(asked.window, order)}>
        <div class="columns">
          <div data-live={trendsUrl(asked.window, order, "/trends/stream")}>
            <BookTrends panel={books} said={said} inFull />
          </div>
          <QueryTrends panel={queries} inFull />
        </div>
      </ActForm>
    </Layout>
  );
};

const floorText = (leastReaders: number): string =>
  leastReaders === 1
    ? "One reader is enough for a trend here, as in a first try."
    : `What is listed has at least ${leastReaders} different readers.`;
