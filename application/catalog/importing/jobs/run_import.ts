import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { ImportJob, ImportJobs } from "./import_job.ts";
import type { ImportReport } from "@/application/catalog/importing/import_report.ts";

type Hooks = { onProgress(report: ImportReport, bytesRead: number): void; signal: AbortSignal };
/** `failure`: why nothing of the file could be used; `note`: what was left undone. */
type Outcome = { report: ImportReport; failure?: string | undefined; note?: string | undefined };
export type RunDeps = {
  jobs: ImportJobs;
  /** Imports a stored file from its beginning. Rejects with what is wrong with the file, or as Unavailable. */
  run(job: ImportJob, hooks: Hooks): Promise<Outcome>;
  clock: Clock;
  logger: Logger;
};

const SAVE_MS = 1_000;
const RETRY_MS = 2_000;
const MOST_RETRY_MS = 60_000;

/** Imports a file until it is known what became of it. Waits while the store or the disk does not answer. */
export async function runImport(deps: RunDeps, job: ImportJob, signal: AbortSignal): Promise<void> {
  const { jobs, clock, logger } = deps;
  for (let waits = 0; !signal.aborted; waits++) {
    try {
      await jobs.save(job);
      return await tryImport(deps, job, signal);
    } catch (error) {
      if (signal.aborted) return;
      logger.warn("import-waits", { import: job.id, reason: messageOf(error) });
      await jobs.save({ ...job, state: "waiting" }).catch(() => {});
      await clock.sleep(Math.min(RETRY_MS * 2 ** waits, MOST_RETRY_MS), signal);
      if (await jobs.get(job.id) === undefined) return;
    }
  }
}

/** Rejects only where it is worth trying again. */
async function tryImport({ jobs, run, clock, logger }: RunDeps, begun: ImportJob, signal: AbortSignal): Promise<void> {
  const progress = keepProgress({ jobs, clock }, begun);
  const fail = async (detail: string, report?: ImportReport) => {
    const job = { ...await progress.end(), ...(report === undefined ? {} : { report }) };
    await jobs.save({ ...job, state: "failed", detail, ended: clock.now() });
    logger.warn("import-failed", { import: job.id, reason: detail });
  };
  try {
    const { report, failure, note } = await run(begun, { onProgress: progress.hear, signal });
    if (failure !== undefined) return await fail(failure, report);
    const job = { ...await progress.end(), report, ...(note === undefined ? {} : { detail: note }) };
    await jobs.save({ ...job, state: "done", bytes_read: job.bytes, ended: clock.now() });
    logger.info("import-done", { import: job.id, rows: report.rows, added: report.added, rejected: report.rejected });
  } catch (error) {
    await progress.end();
    if (signal.aborted || error instanceof Unavailable) throw error;
    await fail(messageOf(error));
  }
}

/** Stores about once a second how an import fares, until it has ended. */
function keepProgress({ jobs, clock }: Pick<RunDeps, "jobs" | "clock">, begun: ImportJob) {
  let job = begun;
  let hasEnded = false;
  let saved = clock.now();
  let saving: Promise<void> = Promise.resolve();
  return {
    hear(report: ImportReport, bytes_read: number): void {
      if (hasEnded) return;
      job = { ...job, report: structuredClone(report), bytes_read };
      if (elapsedMs(clock, saved) < SAVE_MS) return;
      saved = clock.now();
      const now = job;
      saving = saving.then(() => jobs.save(now)).catch(() => {});
    },
    /** What was heard last; nothing is stored after it. */
    async end(): Promise<ImportJob> {
      hasEnded = true;
      await saving;
      return job;
    },
  };
}
