import type { ActivityStores, ReaderList } from "@/application/activity/ports.ts";
import type { BookSearch, BookShelf, CatalogStores, PopularityFold, SearchIndex } from "@/application/catalog/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import type { OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { Store, UnitOfWork } from "@/application/ports.ts";
import type { KeptOfReader, RecommendationItem } from "@/application/recommendation/messages.ts";
import type { BookTrend, QueryTrend, TrendOrder } from "@/application/trend/messages.ts";

/** The trend service. Rejects when it does not answer in time. */
export interface Trends {
  /** `window` is the name of a half-life, such as 24h. Without one the shop's default is used. */
  books(window: string | undefined, limit: number, order?: TrendOrder): Promise<BookTrend[]>;
  queries(window: string | undefined, limit: number, order?: TrendOrder): Promise<QueryTrend[]>;
}

/** The first trending books, as they change. */
export interface TrendStream {
  /**
   * Server-sent events after the client's last one. Ends when the signal is aborted. Rejects when there is no stream or it
   * does not begin in time.
   */
  follow(asked: { window?: string; order: TrendOrder; lastEventId?: string }, signal: AbortSignal): Promise<Response>;
}

/** What the trend service says about its lists. */
export interface TrendRule {
  /** The number of distinct readers that a trend needs, from the last list, if it said so. */
  leastReaders(): number | undefined;
  /** The windows that the trend service offers and its default, from the last lists. */
  windows(): { own: string | undefined; offered: string[] } | undefined;
}

/** The recommendation service. Rejects when it does not answer in time. */
export interface Recommendations {
  forReader(reader: string, limit: number): Promise<RecommendationItem[]>;
  /** Empty for a book that the service does not know yet. */
  similarTo(book: string, limit: number): Promise<RecommendationItem[]>;
}

/** What the recommendation service stores about readers. */
export interface ReaderRecords {
  /** Everything that it stores about a reader. */
  keptOf(reader: string): Promise<KeptOfReader>;
}

/** The last good list of each name, with its time. */
export interface LastGood {
  keep(name: string, items: unknown[], time: number): Promise<void>;
  get(name: string): Promise<{ items: unknown[]; time: number } | undefined>;
  forget(name: string): Promise<void>;
}

/** Values that the processes of a deployment agree on once. */
export interface DeploymentValues {
  get(name: string): Promise<string | undefined>;
  /** Returns the value of a name, and stores the given one when there is none. */
  agreeOn(name: string, value: string): Promise<string>;
}

/** The store of the web service: catalogue, activity and their outbox. */
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
