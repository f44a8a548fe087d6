/** The projections over a backlog of views in the SQLite log, as the services run them; each is a process of its own. */
import { TOPICS } from "@/application/published/topics.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { type Report, showRate } from "@/bench/report.ts";
import { inBatches, viewsOf } from "@/bench/views.ts";
import { runWay } from "./way.ts";

const BATCH = 1_000;

export async function benchEmbeddedProjections(messages: number, report: Report): Promise<void> {
  const folder = await Deno.makeTempDir();
  const settings = { DATA_DIR: folder };
  try {
    await fillLog(settings, messages);
    const trend = await runWay({ name: "trend", settings, messages });
    const recommendation = await runWay({ name: "recommendation", settings, messages });
    report.keep("trend", trend, "1/s");
    report.keep("recommendation", recommendation, "1/s");
    report.say(
      `projections of ${messages} views: trend ${showRate(trend)}, recommendation ${showRate(recommendation)}`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function fillLog(settings: Record<string, string>, messages: number): Promise<void> {
  const log = await openAdapters(readSettings(settings, []), logger).log();
  for (const views of viewsOf(messages)) {
    for (const batch of inBatches(views, BATCH)) {
      await log.append(batch.map((view) => ({ topic: TOPICS.activityEvents, ...view })));
    }
  }
  await log.close();
}
