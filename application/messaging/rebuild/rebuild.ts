import { type RunningConsumer, startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { messageOf } from "@/application/faults.ts";
import { readLogIds, refuseOtherLog } from "@/application/messaging/consuming/log_identity.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { Logger } from "@/application/ports.ts";
import { catchUp, type Completion, type OnProgress } from "./catch_up.ts";
import { type Backfill, backfill, lostTimes } from "./backfill.ts";
import { keepLease, type KeptLease } from "@/application/messaging/leases/keep_lease.ts";
import { inspect, type InspectDeps, partitionName, type RebuildPlan } from "./plan.ts";
import type { ConsumerStores } from "@/application/messaging/consuming/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { type AnyVersion, fenceVersion } from "./versions.ts";

export type RebuildDeps<Version extends AnyVersion> = InspectDeps<Version> & {
  sink(version: Version): Sink<ConsumerStores>;
  /** How to make up for what the log has lost. */
  backfills: Backfill<Version>[];
  /** Begins what else a version needs before readers see it, once it has read the log. */
  complete?(into: Version, version: number): Completion;
  logger: Logger;
  /** Names this rebuild among the owners. */
  owner: string;
};

/** `parked`: messages that could not be handled and are letters of the new version. */
export type RebuildReport = RebuildPlan & { read: number; parked: number };
export type RunningRebuild = {
  /** Rejects when it has not come to the switch; what it has done until then is of use to the next one. */
  done: Promise<RebuildReport>;
  stop(): Promise<void>;
};

/** How long a rebuild that is killed keeps others from it. */
const LEASE_MS = 5_000;

/** Somebody else is at it. */
export class RebuildRefused extends Error {
  override name = "RebuildRefused";
}

/** What a rebuild would do. Changes nothing. Throws when the store has read another log. */
export async function planRebuild(deps: InspectDeps): Promise<RebuildPlan> {
  const found = await inspect(deps);
  const { consumer: name, store } = deps;
  refuseOtherLog(name, await readLogIds({ name, uow: store.at(found.live).uow }), found.logId);
  const { live, next, resumes, messages, lost } = found;
  return { live, next, resumes, messages, lost };
}

/**
 * Fills the next version of a projection from the log, beside the live one, and makes it the live one. Whoever is killed at it
 * has done no harm: the next one goes on where it was (`anew`: begins again). Every transaction is fenced by the number of the
 * attempt, so that of two at most one writes. Throws `RebuildRefused` while another has the lease.
 */
export async function startRebuild<Version extends AnyVersion>(
  deps: RebuildDeps<Version>,
  { anew, tell }: { anew: boolean; tell: OnProgress },
): Promise<RunningRebuild> {
  const { consumer, store, clock, logger, owner } = deps;
  const stopping = new AbortController();
  const lease = await keepLease({
    leases: store.leases,
    name: `rebuild-${consumer}`,
    owner,
    clock,
    lasts: LEASE_MS,
    lost: () => stopping.abort(new Error("another process has begun a rebuild")),
  });
  if (lease === undefined) {
    throw new RebuildRefused(`${consumer} is being rebuilt by another process, or was until a few seconds ago`);
  }
  const done = run(deps, anew, tell, { stopping, lease })
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

async function run<Version extends AnyVersion>(
  deps: RebuildDeps<Version>,
  anew: boolean,
  tell: OnProgress,
  { stopping, lease }: { stopping: AbortController; lease: KeptLease },
): Promise<RebuildReport> {
  const { signal } = stopping;
  const { consumer, topics, store, log, clock, logger, owner } = deps;
  await planRebuild(deps);
  const { live, attempt } = await store.at((await store.live()).version).uow.run(async ({ fence, versions }) => {
    // Whoever slept until another has the lease must not end that one's attempt.
    await fence.check(lease.epochs);
    return await versions.begin();
  });
  // Nothing of this attempt is stored once another one has begun.
  const into = fenceVersion(store.at(live + 1), attempt, (error) => stopping.abort(error));
  const begin = { ...deps, from: store.at(live), into, tell, signal };
  let seen = await inspect(deps);
  logger.info("rebuild-begun", { consumer, version: seen.next, resumes: seen.resumes && !anew });
  let carried = 0;
  if (anew || !seen.resumes) ({ seen, carried } = await backfill(begin));

  const places = new Map(seen.places.map((place) => [partitionName(place), place]));
  /** The log, noting how far it is read. */
  const followed: EventLog = {
    ...log,
    subscribe: (subscription) =>
      log.subscribe({
        ...subscription,
        async open(topic, partition) {
          const next = await subscription.open(topic, partition);
          // Further on than was known where the answer to a commit was lost.
          places.set(partitionName({ topic, partition }), { topic, partition, next });
          return next;
        },
        async handle(batch) {
          const next = await subscription.handle(batch);
          places.set(partitionName(batch), { topic: batch.topic, partition: batch.partition, next });
          return next;
        },
      }),
  };
  const started = await startConsumer({
    name: consumer,
    group: `${consumer}-rebuild-${seen.next}-${attempt}`,
    version: seen.next,
    topics,
    log: followed,
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
      places: () => [...places.values()],
      async complete() {
        for (const backfill of deps.backfills) {
          const since = seen.lost.get(backfill.topic);
          if (backfill.when === "first" || since === undefined) continue;
          await backfill.copy(begin.from, into, lostTimes(since), () => signal.throwIfAborted());
        }
        return completion = deps.complete?.(into, seen.next) ?? none;
      },
      clock,
      onProgress: tell,
      signal,
    });
    await completion?.stop();
    // The version is asked for when it is not known whether the switch was stored.
    await into.uow.run(({ versions }) => versions.switchTo(seen.next, clock.now()))
      .then((letters) => letters > 0 && logger.info("letters-discarded", { consumer, version: live, letters }))
      .catch(async (error) => {
        if ((await store.live()).version !== seen.next) throw error;
      });
  } finally {
    await reader.stop();
    await completion?.stop();
  }
  const { resumes, messages, lost, next } = seen;
  const { handled, skipped, parked } = reader.state();
  return { live, next, resumes, messages, lost, read: handled + skipped + parked, parked: parked + carried };
}

const none: Completion = { idle: () => Promise.resolve(true), stop: () => Promise.resolve() };
