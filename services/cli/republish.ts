import { Command } from "commander";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { republish } from "@/application/catalog/books/republish.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import type { AnyVersion } from "@/application/messaging/rebuild/versions.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { recommendationCopy, trendCopy } from "@/services/shared/adapters/copies.ts";
import { openAdapters, type OpenLog } from "@/services/shared/adapters/open_adapters.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { throttle } from "./throttle.ts";
import { unreadBy } from "./unread.ts";

type Options = { dryRun?: true; json?: true; envFile?: string };

const program = new Command("republish")
  .description(
    "Sends the whole catalogue again, in versions above those that trend and recommendation have, and removes books that only " +
      "these have. For after the web store was put back from a backup. Works while the suite is running or not.",
  )
  .option("--dry-run", "say what differs, send nothing")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(options: Options): Promise<void> {
  const settings = settingsOf(options);
  const adapters = openAdapters(settings, createLogger("republish", settings.LOG_LEVEL));
  const [web, trend, recommendation] = [await adapters.web(), await adapters.trend(), await adapters.recommendation()];
  const log = await adapters.answeringLog();
  try {
    await needAllRead(log, trend, trendProjection.name);
    await needAllRead(log, recommendation, recommendationProjection.name);
    const show = throttle((done: number) => console.error(countOf(done, "book")), { everyMs: 1_000 });
    const dryRun = options.dryRun === true;
    const { books, ahead, ghosts } = await republish({ shelf: web.shelf, uow: web.uow, clock, ids }, {
      copies: [trendCopy(trend), recommendationCopy(recommendation)],
      dryRun,
      ...(options.json ? {} : { onProgress: show }),
    });
    console.log(
      options.json
        ? JSON.stringify({ books, ahead, ghosts, dry_run: dryRun })
        : `${dryRun ? "would send" : "sent"} ${
          countOf(books, "book")
        } again, ${ahead} of them known elsewhere in a later ` +
          `version, and ${dryRun ? "would remove" : "removed"} ${ghosts} that only others have`,
    );
  } finally {
    for (const resource of [log, web, trend, recommendation]) await resource.close();
  }
}

/** Throws when a service has not read the topic to its end, as unread messages may have later versions of books. */
async function needAllRead<Version extends AnyVersion>(
  log: OpenLog,
  store: ProjectionStore<Version>,
  consumer: string,
): Promise<void> {
  const { version } = await store.live();
  const { uow } = store.at(version);
  const waiting = await unreadBy({ consumer, version, uow }, log, [CATALOG_TOPICS.events]);
  if (waiting > 0) {
    throw new StartFault(
      `${consumer} has not read ${countOf(waiting, "message")} of the catalogue: start it, and try again once it has`,
    );
  }
}

await runCommand(program);
Deno.exit(0);
