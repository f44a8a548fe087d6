import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";
import type { LeastReaders } from "@/application/trend/lists/list_trends.ts";
import type { Settings } from "@/services/settings/settings.ts";
import { sampleIds } from "./sample_catalogue.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
/** How long the answer is cached, as lists are requested often. */
const CACHED_MS = 2_000;
/** How many ids one query has. */
const MAX_IDS = 100;

type FirstTryDeps = { settings: Settings; shelf: BookShelf; clock: Pick<Clock, "now">; logger: Logger };

/**
 * Returns how many readers a trend needs. One is enough for a demo: on loopback, on the embedded default, with only the sample books.
 * Anything else is a shop, whose lists must not show what a single reader does. A shop stays one.
 */
export function leastReadersOf({ settings, shelf, clock, logger }: FirstTryDeps): LeastReaders {
  const { DEMO, HOST, SAMPLE_CATALOGUE, KAFKA_BROKERS, MYSQL_URL, TREND_MIN_READERS: wanted } = settings;
  if (DEMO !== undefined) return DEMO === "on" ? 1 : wanted;
  const isEmbedded = KAFKA_BROKERS === undefined && MYSQL_URL === undefined;
  if (!isEmbedded || !LOOPBACK.test(HOST) || SAMPLE_CATALOGUE === "off") return wanted;
  let samples: Promise<string[]> | undefined;
  let [isShop, checkedAt] = [false, -Infinity];
  return async () => {
    if (isShop || elapsedMs(clock, checkedAt) < CACHED_MS) return isShop ? wanted : 1;
    try {
      isShop = await hasOwnBooks(shelf, await (samples ??= sampleIds()));
      checkedAt = clock.now();
      return isShop ? wanted : 1;
    } catch (error) {
      logger.warn("first-try-not-known", { reason: messageOf(error) });
      return wanted;
    }
  };
}

/** Returns whether a catalogue has other books than the samples, or no samples at all. */
async function hasOwnBooks(shelf: BookShelf, samples: string[]): Promise<boolean> {
  let found = 0;
  for (let at = 0; at < samples.length; at += MAX_IDS) {
    found += (await shelf.byIds(samples.slice(at, at + MAX_IDS))).length;
  }
  return found === 0 || await shelf.count() > found;
}
