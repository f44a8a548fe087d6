import type { ReaderList } from "./activity/ports.ts";
import type { ActivityStores } from "./activity/processor.ts";
import type { BookSearch, BookShelf } from "./catalog/ports.ts";
import type { CatalogStores } from "./catalog/processor.ts";
import type { Changes, UnitOfWork } from "./ports.ts";
import type { Fence, Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Live } from "@/application/messaging/rebuild/ports.ts";
import type { OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { EngineStores } from "./recommendation/engine.ts";
import type { BookReader, ChangeMarkReader, InteractionReader, RecommendationHistory } from "./recommendation/ports.ts";
import type { RecommendationStores } from "./recommendation/projection.ts";
import type { ReaderFloor, ShownHistory, TrendHistory, TrendReader } from "./trend/ports.ts";
import type { TrendStores } from "./trend/projection.ts";

/** What every store has beside its ports. */
export type Store = {
  /** A new watcher of the store's changes, by this process or another. */
  changes(): Changes;
  letters: DeadLetterReader;
  /** Resolves when the store answers, rejects with `Unavailable` when it does not. */
  ping(): Promise<void>;
  /** Bytes that its rows take, about. */
  size(): Promise<number>;
  close(): Promise<void>;
};

/** The web service's store: catalogue, activity and outbox. */
export type WebStore = Store & {
  uow: UnitOfWork<CatalogStores & Omit<ActivityStores, "firstResults"> & { search: BookSearch; fence: Fence }>;
  shelf: BookShelf;
  search: BookSearch;
  readerList: ReaderList;
  outbox: OutboxQueue;
  leases: Leases;
};

/** A store of a projection, whose rows belong to versions. `at` has the parts of one of them. */
export type ProjectionStore<Version> = Store & {
  live(): Promise<Live>;
  /** When it was filled from somewhere else than the log (ms), if it was: what came before has never been in this log. */
  movedAt(): Promise<number | undefined>;
  at(version: number): Version;
  leases: Leases;
};

export type TrendVersion = {
  uow: UnitOfWork<TrendStores>;
  view: TrendReader;
  floor: ReaderFloor;
  history: TrendHistory;
  shownHistory: ShownHistory;
};
/** The trend service's store. */
export type TrendStore = ProjectionStore<TrendVersion>;

export type RecommendationVersion = {
  uow: UnitOfWork<RecommendationStores & EngineStores>;
  readers: InteractionReader;
  marks: ChangeMarkReader;
  books: BookReader;
  history: RecommendationHistory;
};
/** The recommendation service's store. */
export type RecommendationStore = ProjectionStore<RecommendationVersion>;
