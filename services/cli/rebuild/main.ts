import { Command } from "commander";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf, numberText } from "@/application/shared/text/count_of.ts";
import type { RebuildPlan } from "@/application/messaging/rebuild/plan.ts";
import { showPlan, showRebuild } from "@/application/messaging/rebuild/schemas.ts";
import { createRebuilds, type Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import { projectionRebuild } from "@/application/messaging/projections/projection.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { runRebuild } from "./run_rebuild.ts";

/** `acts`: a lower bound of the acts that the live version was built from; each was a message of the log. */
type Opened = { rebuilds: Rebuilds; acts(): Promise<number>; close(): Promise<void> };
type Options = { dryRun?: true; anew?: true; json?: true; envFile?: string };

async function rebuild(projection: string, options: Options): Promise<void> {
  const settings = settingsOf(options);
  const logger = createLogger("rebuild", settings.LOG_LEVEL);
  const adapters = openAdapters(settings, logger);
  const tools = { clock, ids, logger };
  const openings: Record<string, () => Promise<Opened>> = {
    async trend() {
      const [store, log] = [await adapters.trend(), await adapters.answeringLog(trendProjection.topics)];
      return {
        rebuilds: createRebuilds(projectionRebuild(trendProjection, { ...tools, store, log })),
        acts: async () => await store.at((await store.live()).version).view.busy("query", 0, MOST_ACTS),
        close: closing(log, store),
      };
    },
    async recommendation() {
      const [store, log] = [
        await adapters.recommendation(),
        await adapters.answeringLog(recommendationProjection.topics),
      ];
      return {
        rebuilds: createRebuilds(projectionRebuild(recommendationProjection, { ...tools, store, log })),
        acts: async () => await store.at((await store.live()).version).readers.count(MOST_ACTS),
        close: closing(log, store),
      };
    },
  };
  const open = openings[projection];
  if (open === undefined) throw new StartFault(`wanted ${Object.keys(openings).join(" or ")}, found ${projection}`);
  const { rebuilds, acts, close } = await open();
  try {
    const plan = await rebuilds.plan();
    const begins = options.anew ? { ...plan, resumes: false } : plan;
    const said = options.json ? "" : describePlan(begins, await acts());
    if (options.dryRun) return console.log(options.json ? JSON.stringify(showPlan(begins)) : said);
    if (!options.json) console.error(said);
    const last = await runRebuild(rebuilds, { anew: options.anew === true, quiet: options.json === true });
    const { live, next, read, parked } = last.report;
    const aside = parked === 0 ? "" : `; ${parked} could not be handled and are dead letters`;
    console.log(
      options.json
        ? JSON.stringify(showRebuild(last))
        : `readers now see version ${next} instead of ${live}; ${countOf(read, "message")} read${aside}`,
    );
  } finally {
    await close();
  }
}

const closing = (...resources: { close(): Promise<void> }[]) => async () => {
  for (const resource of resources) await resource.close();
};

const MOST_ACTS = Number.MAX_SAFE_INTEGER;

function describePlan({ live, next, resumes, messages, lost }: RebuildPlan, acts: number): string {
  // A log that is new has lost nothing of its own, and nothing is copied for what an earlier one had.
  const gone = resumes || lost.size > 0 ? 0 : acts - messages;
  const lines = [
    `readers see version ${live}; ${countOf(messages, "message")} to read for version ${next}${
      resumes ? ", which an earlier rebuild has begun" : ""
    }`,
    ...[...lost].map(([topic, since]) =>
      `${topic} has lost its messages before ${new Date(since).toISOString()}: ` +
      `what they changed is copied from version ${live}`
    ),
    ...(gone <= 0 ? [] : [
      `version ${live} was built from ${countOf(acts, "act")} or more, of which the log no longer has at least ${
        numberText(gone)
      }: version ${next} would be without them`,
    ]),
  ];
  return lines.join("\n");
}

const program = new Command("rebuild")
  .description(
    "Fills a new version of a projection from the event log beside the live one, and shows it to readers in one step. " +
      "Works while the suite is running or not; one that was interrupted goes on where it was.",
  )
  .argument("<projection>", "trend or recommendation")
  .option("--dry-run", "say what would be done, change nothing")
  .option("--anew", "start from the beginning, even if an earlier rebuild was interrupted")
  .option("--json", "print JSON: the plan of a dry run, or the result")
  .option("--env-file <file>", "settings; the environment wins")
  .action(rebuild);

await runCommand(program);
Deno.exit(0);
