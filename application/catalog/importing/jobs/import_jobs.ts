import { DAY } from "@/domain/hours.ts";
import { messageOf } from "@/application/faults.ts";
import { keepLease } from "@/application/messaging/leases/keep_lease.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { type RunDeps, runImport } from "./run_import.ts";

type JobDeps = RunDeps & { leases: Leases; owner: string };
export type RunningImports = ReturnType<typeof startImportJobs>;

const POLL_MS = 5_000;
const LEASE_MS = 10_000;
/** How long the outcome of an import is kept. */
const KEPT_MS = 30 * DAY;
/** A file whose import ends its process as often as this is not begun again. */
const MOST_CUT_OFF = 5;

/** Imports the files that were sent, one after the other, each by one process at a time. What was cut off is begun again. */
export function startImportJobs(deps: JobDeps) {
  const stopping = new AbortController();
  let wake = new AbortController();
  async function runAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      await importWaiting(deps, stopping.signal).catch((error) =>
        deps.logger.warn("imports-not-read", { reason: messageOf(error) })
      );
      if (!stopping.signal.aborted) {
        await deps.clock.sleep(POLL_MS, AbortSignal.any([wake.signal, stopping.signal]));
      }
    }
  }
  const done = runAll();
  return {
    jobs: deps.jobs,
    /** Looks for a new file at once. */
    wake: () => wake.abort(),
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

async function importWaiting(deps: JobDeps, signal: AbortSignal): Promise<void> {
  const { jobs, clock } = deps;
  await jobs.removeUnfinished(clock.now() - DAY);
  for (const { id } of await jobs.unfinished()) {
    if (signal.aborted) return;
    await importOne(deps, id, signal);
  }
  await jobs.removeEnded(clock.now() - KEPT_MS);
}

/** Imports one file under its lease, unless another process does, or has done so. */
async function importOne(deps: JobDeps, id: string, stop: AbortSignal): Promise<void> {
  const lost = new AbortController();
  const lease = await keepLease({ ...deps, name: `import:${id}`, durationMs: LEASE_MS, onLost: () => lost.abort() });
  if (lease === undefined) return;
  try {
    await importOwned(deps, id, { lost: lost.signal, stop });
  } finally {
    await lease.release();
  }
}

async function importOwned(deps: JobDeps, id: string, { lost, stop }: Record<"lost" | "stop", AbortSignal>) {
  const { jobs, clock, logger } = deps;
  const found = await jobs.get(id);
  if (found?.state !== "waiting" && found?.state !== "running") return;
  // Who stops it says so in its state: one that still runs was cut off.
  const cut_off = (found.cut_off ?? 0) + (found.state === "running" ? 1 : 0);
  if (cut_off >= MOST_CUT_OFF) {
    const detail = `the service ended ${cut_off} times while it imported this file: send it in parts`;
    await jobs.save({ ...found, cut_off, state: "failed", detail, ended: clock.now() });
    return logger.warn("import-failed", { import: id, reason: detail });
  }
  await runImport(
    deps,
    { ...found, cut_off, state: "running", attempts: found.attempts + 1 },
    AbortSignal.any([lost, stop]),
  );
  if (!stop.aborted || lost.aborted) return;
  const left = await jobs.get(id);
  if (left?.state === "running") await jobs.save({ ...left, state: "waiting" });
}
