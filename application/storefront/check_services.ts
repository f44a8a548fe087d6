import type { Clock, Logger } from "@/application/ports.ts";
import { ForeignService } from "./foreign_service.ts";
import type { Recommendations, Trends } from "./ports.ts";

type CheckDeps = { trends: Trends; recommendations: Recommendations; clock: Clock; logger: Logger };

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** An id that no book has. An empty list of similar books is a valid answer for it. */
const NO_BOOK = "-";

/**
 * Calls each of the other services until it answers, and logs an address at which something else answers, because a page only
 * says that a list is not available. Ends when all have answered, or after an abort.
 */
export async function checkServices(
  { trends, recommendations, ...deps }: CheckDeps,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    check(deps, "trend", () => trends.books("24h", 1), signal),
    check(deps, "recommendation", () => recommendations.similarTo(NO_BOOK, 1), signal),
  ]);
}

async function check(
  { clock, logger }: Pick<CheckDeps, "clock" | "logger">,
  service: string,
  ask: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(MAX_PAUSE_MS, 2 * pause)) {
    try {
      return void await ask();
    } catch (error) {
      if (error instanceof ForeignService) {
        const setting = `${service.toUpperCase()}_URL`;
        return logger.error("foreign-service", { service, setting, reason: error.message });
      }
    }
    await clock.sleep(pause, signal);
  }
}
