import { type ConsumerState, type RunningConsumer, startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { messageOf } from "@/application/faults.ts";
import { readLogIds, refuseOtherLog } from "@/application/messaging/consuming/log_identity.ts";
import type { Logger } from "@/application/ports.ts";
import { catchUp, type Completion, type OnProgress } from "./catch_up.ts";
import { type Backfill, backfill, type BackfillDeps, copyLast } from "./backfill.ts";
import { keepLease, type KeptLease } from "@/application/messaging/leases/keep_lease.ts";
import { inspect, type InspectDeps, type Inspection, type RebuildPlan } from "./plan.ts";
import { trackCursors } from "./track_cursors.ts";
import { parkAgain } from "@/application/messaging/dead_letters/park_unreadable.ts";
import type { ConsumerStores } from "@/application/messaging/consuming/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { type AnyVersion, fenceVersion } from "./versions.ts";

export type RebuildDeps<Version extends AnyVersion> = InspectDeps<Version> & {
  sink(version: Version): Sink<ConsumerStores>;
  /** How to copy the effects of messages that the log has lost. */
  backfills: Backfill<Version>[];
  /** Stores the settings of the new version. Called once no other rebuild can write it, so that settings are not mixed. */
  prepare?(into: Version): Promise<void>;
  /** Starts the background work that a version needs before it becomes live. Called once it has read the log. */
  complete?(into: Version, version: number): Completion;
  logger: Logger;
  /** This rebuild's name as an owner of the lease and of partitions. */
  owner: string;
};

/** `parked`: how many messages are dead letters of the new version. */
export type RebuildReport = RebuildPlan & { read: number; parked: number };
export type RunningRebuild = {
  /** Rejects when it ends before the switch. The next rebuild resumes it. */
  done: Promise<RebuildReport>;
  stop(): Promise<void>;
};

/** How long a killed rebuild blocks others. */
export const LEASE_MS = 5_000;

/** Another process is rebuilding the projection. */
export class RebuildRefused extends Error {
  override name = "RebuildRefused";
}

/** Returns what a rebuild would do. Changes nothing. Throws when the store has read another log. */
export async function planRebuild(deps: InspectDeps): Promise<RebuildPlan> {
  const inspection = await inspect(deps);
  const { consumer: name, store } = deps;
  refuseOtherLog(name, await readLogIds({ name, uow: store.at(inspection.live).uow }), inspection.logId);
  const { live, next, resumes, messages, lost } = inspection;
  return { live, next, resumes, messages, lost };
}

/**
 * Fills the next version of a projection from the log, beside the live one, and makes it live. After a killed rebuild the next one
 * resumes (`anew`: starts over). Transactions are fenced by the attempt's number. Throws `RebuildRefused` while another has the lease.
 */
export async function startRebuild<Version extends AnyVersion>(
  deps: RebuildDeps<Version>,
  { anew, onProgress }: { anew: boolean; onProgress: OnProgress },
): Promise<RunningRebuild> {
  const { consumer, store, clock, logger, owner } = deps;
  const stopping = new AbortController();
  const lease = await keepLease({
    leases: store.leases,
    name: `rebuild-${consumer}`,
    owner,
    clock,
    durationMs: LEASE_MS,
    onLost: () => stopping.abort(new Error("another process has begun a rebuild")),
  });
  if (lease === undefined) {
    throw new RebuildRefused(`${consumer} is being rebuilt by another process, or was until a few seconds ago`);
  }
  const done = run(deps, { anew, onProgress, stopping, lease })
    .then((report) => {
      const { live, next: version, read, parked } = report;
      logger.info("rebuild-switched", { consumer, from: live, version, read, parked });
      return report;
    }, (error) => {
      logger.warn("rebuild-ended", { consumer, reason: messageOf(error) });
      throw error;
    })
    .finally(lease.release);
  return {
    done,
    async stop() {
      stopping.abort(new Error("it was stopped; run again, it goes on from there"));
      await done.catch(() => {});
    },
  };
}

type RunOptions = { anew: boolean; onProgress: OnProgress; stopping: AbortController; lease: KeptLease };

async function run<Version extends AnyVersion>(
  deps: RebuildDeps<Version>,
  { anew, onProgress, stopping, lease }: RunOptions,
): Promise<RebuildReport> {
  const { consumer, store, logger } = deps;
  await planRebuild(deps);
  const { live, attempt } = await store.at((await store.live()).version).uow.run(async ({ fence, versions }) => {
    // A process that slept while another one took the lease must not end that one's attempt.
    await fence.check(lease.epochs);
    return await versions.begin();
  });
  // Once another attempt has begun, this one can store nothing more.
  const into = fenceVersion(store.at(live + 1), attempt, (error) => stopping.abort(error));
  await deps.prepare?.(into);
  const fill = { ...deps, from: store.at(live), into, onProgress, signal: stopping.signal };
  let inspection = await inspect(deps);
  logger.info("rebuild-begun", { consumer, version: inspection.next, resumes: inspection.resumes && !anew });
  let carried = 0;
  if (anew || !inspection.resumes) ({ inspection, carried } = await backfill(fill));
  const { handled, skipped, parked } = await readAndSwitch(fill, { live, attempt, inspection });
  const { resumes, messages, lost, next } = inspection;
  return { live, next, resumes, messages, lost, read: handled + skipped + parked, parked: parked + carried };
}

type FillDeps<Version extends AnyVersion> = RebuildDeps<Version> & BackfillDeps<Version>;
type Attempt = { live: number; attempt: number; inspection: Inspection };

/** Reads the log into the new version until it is complete, and switches to it. Returns the consumer's final state. */
async function readAndSwitch<Version extends AnyVersion>(
  deps: FillDeps<Version>,
  { live, attempt, inspection }: Attempt,
): Promise<ConsumerState> {
  const { consumer, topics, log, into, clock, logger, owner, onProgress, signal } = deps;
  const { next: version } = inspection;
  const tracked = trackCursors(log, inspection.cursors);
  const started = await startConsumer({
    name: consumer,
    group: `${consumer}-rebuild-${version}-${attempt}`,
    version,
    topics,
    log: tracked.log,
    uow: into.uow,
    sink: deps.sink(into),
    clock,
    logger,
    owner,
  });
  let stopped: Promise<void> | undefined;
  const reader: RunningConsumer = { ...started, stop: () => stopped ??= started.stop() };
  let completion: Completion | undefined;
  try {
    await catchUp({
      reader,
      log,
      cursors: tracked.cursors,
      passStuck: (stuck) => parkAgain({ ...deps, sink: deps.sink(into) }, { consumer, version, stuck }),
      async complete() {
        await copyLast(deps, inspection);
        return completion = deps.complete?.(into, version) ?? ALREADY_COMPLETE;
      },
      clock,
      onProgress,
      signal,
    });
    await completion?.stop();
    await switchVersion(deps, { from: live, to: version });
  } finally {
    await reader.stop();
    await completion?.stop();
  }
  return reader.state();
}

const ALREADY_COMPLETE: Completion = { idle: () => Promise.resolve(true), stop: () => Promise.resolve() };

async function switchVersion<Version extends AnyVersion>(
  { consumer, store, into, clock, logger }: FillDeps<Version>,
  { from, to }: { from: number; to: number },
): Promise<void> {
  try {
    const deadLetters = await into.uow.run(({ versions }) => versions.switchTo(to, clock.now()));
    if (deadLetters > 0) logger.info("dead-letters-discarded", { consumer, version: from, deadLetters });
  } catch (error) {
    // The switch may be stored although its answer was lost.
    if ((await store.live()).version !== to) throw error;
  }
}
