/** A projection over a backlog, as its service runs it. */
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { startTrend } from "@/services/trend/app.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { perSecond, until } from "@/bench/report.ts";

/** Messages a second from the first one on. */
export async function runService(
  name: "trend" | "recommendation",
  settings: Record<string, string>,
  messages: number,
): Promise<number> {
  const parts = openAdapters(readSettings(settings, []), logger);
  const log = await parts.log();
  const all = { log, role: "all" as const, clock, ids, logger };
  const start = {
    trend: async () => {
      const store = await parts.trend();
      return { store, service: await startTrend({ ...all, store, leastReaders: 1 }) };
    },
    recommendation: async () => {
      const store = await parts.recommendation();
      return { store, service: await startRecommendation({ ...all, store }) };
    },
  };
  const { store, service } = await start[name]();
  await until(async () => await service.handled() > 0);
  const [first, from] = [await service.handled(), performance.now()];
  await until(async () => await service.handled() >= messages);
  const speed = perSecond(messages - first, performance.now() - from);
  await service.stop();
  await log.close();
  await store.close();
  return speed;
}
