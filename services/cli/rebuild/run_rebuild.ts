import { systemClock as clock } from "@/adapters/system/clock.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import type { Progress } from "@/application/messaging/rebuild/catch_up.ts";
import type { Rebuilds, RebuildState } from "@/application/messaging/rebuild/jobs.ts";
import { LEASE_MS, RebuildRefused } from "@/application/messaging/rebuild/rebuild.ts";

const LINE_INTERVAL_MS = 500;

/** Rebuilds and prints the progress. SIGINT and SIGTERM stop it. The next rebuild resumes. */
export async function runRebuild(
  rebuilds: Rebuilds,
  options: { anew: boolean; quiet: boolean },
): Promise<RebuildState & { state: "switched" }> {
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => rebuilds.stop());
  await startOnceFree(rebuilds, options.anew);
  let shown = "";
  for (;;) {
    await clock.sleep(LINE_INTERVAL_MS);
    const last = rebuilds.last()!;
    const line = last.progress === undefined ? "" : stepLine(last.progress);
    if (last.state === "running" && line !== shown && !options.quiet) console.error(line);
    shown = line;
    if (last.state === "failed") throw new Error(last.detail);
    if (last.state !== "switched") continue;
    return last;
  }
}

/** Starts once the lease of a killed attempt has expired. Throws while a running attempt keeps renewing its lease. */
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

function stepLine({ step, done, of }: Progress): string {
  if (step === "reading") {
    return `${String(Math.floor(100 * done / Math.max(1, of ?? 1))).padStart(3)} %  ${done} of ${
      countOf(of ?? 0, "message")
    } read`;
  }
  if (step === "completing") return "making neighbour lists";
  return `${countOf(done, "row")} ${step === "clearing" ? "of earlier attempts removed" : "copied"}`;
}
