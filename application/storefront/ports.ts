import type { ActivityStores, ReaderList } from "@/application/activity/ports.ts";
import type { BookSearch, BookShelf, CatalogStores, PopularityFold, SearchIndex } from "@/application/catalog/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import type { OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { Store, UnitOfWork } from "@/application/ports.ts";
import type { KeptOfReader, RecommendationItem } from "@/application/recommendation/messages.ts";
import type { BookTrend, QueryTrend, TrendOrder } from "@/application/trend/messages.ts";

/** The trend service as the storefront sees it. Rejects when it does not answer in time. */
export interface Trends {
  /** `window`: the name of a half-life, such as 24h; the shop's own where there is none. */
  books(window: string | undefined, limit: number, order?: TrendOrder): Promise<BookTrend[]>;
  queries(window: string | undefined, limit: number, order?: TrendOrder): Promise<QueryTrend[]>;
}

/** The first books of a trend as they change. */
export interface TrendStream {
  /**
   * Server-sent events, behind the one that the client had last; ends when the signal is aborted. Rejects where there is none, or it
   * does not begin in time.
   */
  follow(asked: { window?: string; order: TrendOrder; lastEventId?: string }, signal: AbortSignal): Promise<Response>;
}

/** What the trend service says of its lists. */
export interface TrendRule {
  /** How many distinct readers a trend needs, as the last list said; undefined where it did not. */
  leastReaders(): number | undefined;
  /** Windows that fit the shop, and its own one, as the last lists said. */
  windows(): { own: string | undefined; offered: string[] } | undefined;
}

/** The recommendation service as the storefront sees it. Rejects when it does not answer in time. */
export interface Recommendations {
  forReader(reader: string, limit: number): Promise<RecommendationItem[]>;
  /** None for a book that the service does not know yet. */
  similarTo(book: string, limit: number): Promise<RecommendationItem[]>;
}

/** What the recommendation service knows of readers. */
export interface ReaderRecords {
  /** All that it keeps of a reader. */
  keptOf(reader: string): Promise<KeptOfReader>;
}

/** The last good lists, each with its time. */
export interface LastGood {
  keep(name: string, items: unknown[], time: number): Promise<void>;
  get(name: string): Promise<{ items: unknown[]; time: number } | undefined>;
  forget(name: string): Promise<void>;
}

/** What the processes of a deployment agree on once. */
export interface DeploymentValues {
  get(name: string): Promise<string | undefined>;
  /** The value of the name; the given one where it has none yet. */
  agreeOn(name: string, value: string): Promise<string>;
}

/** The store of the web service: its two modules and their outbox. */
export type WebStore = Store & {
  uow: UnitOfWork<CatalogStores & Omit<ActivityStores, "firstResults"> & { search: BookSearch; fence: Fence }>;
  shelf: BookShelf;
  search: BookSearch;
  searchIndex: SearchIndex;
  popularity: PopularityFold;
  readerList: ReaderList;
  deployment: DeploymentValues;
  outbox: OutboxQueue;
  deadLetters: DeadLetterReader;
  leases: Leases;
};
