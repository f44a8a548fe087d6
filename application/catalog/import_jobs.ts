import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { keepLease } from "@/application/messaging/leases/keep_lease.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Field } from "./column_names.ts";
import type { ImportReport } from "./import_report.ts";

/** How a file is to be read, as whoever sent it says. */
export type ImportRequest = {
  name?: string | undefined;
  encoding?: string | undefined;
  delimiter?: string | undefined;
  separator?: string | undefined;
  id?: "isbn" | "content" | undefined;
  map?: Partial<Record<Field, string>> | undefined;
  dry_run: boolean;
  replace: boolean;
};

/** A file that was sent to be imported. `attempts`: how often it was begun; one that was cut off is begun again. */
export type ImportJob = {
  id: string;
  state: "waiting" | "running" | "done" | "failed";
  request: ImportRequest;
  received: number;
  ended?: number;
  bytes: number;
  bytes_read: number;
  attempts: number;
  report?: ImportReport;
  detail?: string;
};

/** Files that were sent, kept until they are imported, and what became of them. */
export interface ImportJobs {
  /** Stores a file; it is there for good when this resolves, and not at all when it rejects. */
  accept(job: Pick<ImportJob, "id" | "request" | "received">, body: AsyncIterable<Uint8Array>): Promise<ImportJob>;
  get(id: string): Promise<ImportJob | undefined>;
  /** All of them, in the order in which they came. */
  list(): Promise<ImportJob[]>;
  /** Stores how an import fares. The file goes when it has ended; the refused rows stay. */
  save(job: ImportJob): Promise<void>;
  /** The refused rows as a file that can be imported, or undefined where there are none. */
  rejects(id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
}

type Hooks = { onProgress(report: ImportReport, bytesRead: number): void; signal: AbortSignal };
type JobDeps = {
  jobs: ImportJobs;
  /** Imports a stored file from its beginning. Rejects with what is wrong with the file. */
  run(job: ImportJob, hooks: Hooks): Promise<ImportReport>;
  leases: Leases;
  clock: Clock;
  logger: Logger;
  owner: string;
};
export type RunningImports = ReturnType<typeof startImportJobs>;

const LOOK_MS = 5_000;
const LEASE_MS = 10_000;
const SAVE_MS = 1_000;
const RETRY_MS = 2_000;
/** How long it is told what became of an import. */
const KEPT_MS = 30 * 86_400_000;

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
        await deps.clock.sleep(LOOK_MS, AbortSignal.any([wake.signal, stopping.signal]));
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
  for (const { id, state, ended } of await jobs.list()) {
    if (signal.aborted) return;
    if (ended !== undefined && elapsedMs(clock, ended) > KEPT_MS) await jobs.remove(id);
    if (state === "waiting" || state === "running") await importOne(deps, id, signal);
  }
}

/** Imports one file under its lease, unless another process does, or has done so. */
async function importOne(deps: JobDeps, id: string, stop: AbortSignal): Promise<void> {
  const lost = new AbortController();
  const lease = await keepLease({ ...deps, name: `import:${id}`, durationMs: LEASE_MS, onLost: () => lost.abort() });
  if (lease === undefined) return;
  try {
    const found = await deps.jobs.get(id);
    if (found?.state !== "waiting" && found?.state !== "running") return;
    await runOne(
      deps,
      { ...found, state: "running", attempts: found.attempts + 1 },
      AbortSignal.any([lost.signal, stop]),
    );
  } finally {
    await lease.release();
  }
}

async function runOne({ jobs, run, clock, logger }: JobDeps, begun: ImportJob, signal: AbortSignal): Promise<void> {
  let job = begun;
  let saved = clock.now();
  let saving = jobs.save(job);
  const onProgress = (report: ImportReport, bytes_read: number) => {
    job = { ...job, report: structuredClone(report), bytes_read };
    if (elapsedMs(clock, saved) < SAVE_MS) return;
    saved = clock.now();
    const now = job;
    saving = saving.then(() => jobs.save(now)).catch(() => {});
  };
  try {
    const report = await run(job, { onProgress, signal });
    await saving;
    await jobs.save({ ...job, state: "done", report, bytes_read: job.bytes, ended: clock.now() });
    logger.info("import-done", { import: job.id, rows: report.rows, added: report.added, rejected: report.rejected });
  } catch (error) {
    await saving.catch(() => {});
    if (signal.aborted) return;
    if (error instanceof Unavailable) {
      logger.warn("import-waits", { import: job.id, reason: messageOf(error) });
      return await clock.sleep(RETRY_MS, signal);
    }
    await jobs.save({ ...job, state: "failed", detail: messageOf(error), ended: clock.now() });
    logger.warn("import-failed", { import: job.id, reason: messageOf(error) });
  }
}
