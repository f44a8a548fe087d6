import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { Idempotency } from "@/application/messaging/commands/idempotency.ts";
import type { Recorder } from "@/application/activity/recorder.ts";
import type { Cache } from "@/application/shared/concurrency/cache.ts";
import type { FacetList } from "@/application/catalog/search/listing/count_facets.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { Sinks } from "@/application/messaging/dead_letters/replay.ts";
import type {
  LastGood,
  ReaderRecords,
  Recommendations,
  TrendRule,
  Trends,
  TrendStream,
  WebStore,
} from "@/application/storefront/ports.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import type { Token } from "@/adapters/http/base/security/auth.ts";
import type { BaseDeps } from "@/adapters/http/base/base_app.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { defined } from "@/application/defined.ts";
import type { Visitors } from "@/adapters/http/api/activity/visitors.ts";

/** The dependencies of the web service's routes. */
export type WebApiDeps = Omit<BaseDeps, "title" | "errorPage"> & {
  bus: MessageBus;
  recorder: Recorder;
  store: Pick<WebStore, "shelf" | "search" | "readerList" | "deadLetters">;
  /** The cache of the facet counts of searches. */
  facetLists: Cache<FacetList[]>;
  sinks: Sinks;
  idempotency: Idempotency;
  trends: Trends & Partial<TrendRule & TrendStream>;
  recommendations: Recommendations & Partial<ReaderRecords>;
  lastGood: LastGood;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  visitors: Visitors;
  adminToken?: Token;
  /** The token of scope `readers`, for systems that make reader ids of their own. */
  readersToken?: Token;
};

/** Wraps a command in an envelope with the request's correlation id and trace context. */
export function commandOf(context: AppContext, ids: IdGenerator, type: string, data: unknown): Envelope {
  return {
    id: ids.fresh(),
    source: "/bookstream/web/http",
    type,
    correlationid: context.get("correlationId"),
    ...defined({ traceparent: context.get("traceparent") }),
    data,
  };
}
