import { Command } from "commander";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import type { Progress } from "@/application/messaging/rebuild/catch_up.ts";
import type { RebuildPlan } from "@/application/messaging/rebuild/plan.ts";
import { showPlan, showRebuild } from "@/application/messaging/rebuild/schemas.ts";
import { LEASE_MS, RebuildRefused } from "@/application/messaging/rebuild/rebuild.ts";
import { createRebuilds, type Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import { projectionRebuild } from "@/application/messaging/projections/projection.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { openAdapters } from "@/services/open_adapters.ts";
import { StartFault } from "@/services/settings.ts";
import { runCommand, settingsOf } from "@/services/command_line.ts";

type Options = { dryRun?: true; anew?: true; json?: true; envFile?: string };

const LINE_INTERVAL_MS = 500;

async function rebuild(projection: string, options: Options): Promise<void> {
  const settings = settingsOf(options);
  const logger = createLogger("rebuild", settings.LOG_LEVEL);
  const parts = openAdapters(settings, logger);
  const tools = { clock, ids, logger };
  const openings: Record<string, () => Promise<{ rebuilds: Rebuilds; close(): Promise<void> }>> = {
    async trend() {
      const [store, log] = [await parts.trend(), await parts.answeringLog(trendProjection.topics)];
      return {
        rebuilds: createRebuilds(projectionRebuild(trendProjection, { ...tools, store, log })),
        close: closing(log, store),
      };
    },
    async recommendation() {
      const [store, log] = [
        await parts.recommendation(),
        await parts.answeringLog(recommendationProjection.topics),
      ];
      return {
        rebuilds: createRebuilds(projectionRebuild(recommendationProjection, { ...tools, store, log })),
        close: closing(log, store),
      };
    },
  };
  const open = openings[projection];
  if (open === undefined) throw new StartFault(`wanted ${Object.keys(openings).join(" or ")}, found ${projection}`);
  const { rebuilds, close } = await open();
  try {
    const plan = await rebuilds.plan();
    const begins = options.anew ? { ...plan, resumes: false } : plan;
    if (options.dryRun) return console.log(options.json ? JSON.stringify(showPlan(begins)) : describePlan(begins));
    if (!options.json) console.error(describePlan(begins));
    await run(rebuilds, options);
  } finally {
    await close();
  }
}

/** Rebuilds, with a line of progress now and then. SIGINT and SIGTERM stop it, to go on another time. */
async function run(rebuilds: Rebuilds, options: Options): Promise<void> {
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => rebuilds.stop());
  await startOnceFree(rebuilds, options.anew === true);
  let shown = "";
  for (;;) {
    await clock.sleep(LINE_INTERVAL_MS);
    const last = rebuilds.last()!;
    const line = last.progress === undefined ? "" : stepLine(last.progress);
    if (last.state === "running" && line !== shown && !options.json) console.error(line);
    shown = line;
    if (last.state === "failed") throw new Error(last.detail);
    if (last.state !== "switched") continue;
    const { live, next, read, parked } = last.report;
    const aside = parked === 0 ? "" : `; ${parked} could not be handled and are dead letters`;
    return console.log(
      options.json
        ? JSON.stringify(showRebuild(last))
        : `readers now see version ${next}, before ${live}: ${read} messages read${aside}`,
    );
  }
}

/** Starts, and waits out the lease of an attempt that was killed; one that is alive renews it and keeps this one out. */
async function startOnceFree(rebuilds: Rebuilds, anew: boolean): Promise<void> {
  for (let waitedMs = 0;; waitedMs += LINE_INTERVAL_MS) {
    try {
      await rebuilds.start({ anew });
      return;
    } catch (error) {
      if (!(error instanceof RebuildRefused) || waitedMs > LEASE_MS) throw error;
      if (waitedMs === 0) console.error("waiting for an attempt that was alive a few seconds ago");
      await clock.sleep(LINE_INTERVAL_MS);
    }
  }
}

const closing = (...parts: { close(): Promise<void> }[]) => async () => {
  for (const part of parts) await part.close();
};

function describePlan({ live, next, resumes, messages, lost }: RebuildPlan): string {
  const lines = [
    `version ${live} is live, ${resumes ? "goes on filling" : "fills"} version ${next}: ${messages} messages to read`,
    ...[...lost].map(([topic, since]) =>
      `${topic} no longer reaches back to its beginning, only to ${new Date(since).toISOString()}: ` +
      `what came before is kept, copied from version ${live}`
    ),
  ];
  return lines.join("\n");
}

function stepLine({ step, done, of }: Progress): string {
  if (step === "reading") {
    return `${String(Math.floor(100 * done / Math.max(1, of ?? 1))).padStart(3)} %  ${done} of ${of} messages read`;
  }
  if (step === "completing") return "making neighbour lists";
  return `${done} rows ${step === "clearing" ? "of earlier attempts removed" : "copied"}`;
}

const program = new Command("rebuild")
  .description(
    "Fills a new version of a projection from the event log beside the live one, and shows it to readers in one step. " +
      "Works while the suite is running or not; one that was interrupted goes on where it was.",
  )
  .argument("<projection>", "trend or recommendation")
  .option("--dry-run", "say what would be done, change nothing")
  .option("--anew", "leave nothing of an attempt that was interrupted")
  .option("--json", "print JSON: the plan of a dry run, or what came of it")
  .option("--env-file <file>", "settings; the environment wins")
  .action(rebuild);

await runCommand(program);
Deno.exit(0);
