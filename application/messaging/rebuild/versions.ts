import { MINUTE } from "@/domain/hours.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import { Fenced } from "@/application/faults.ts";
import type { Clock, UnitOfWork } from "@/application/ports.ts";
import type { Live, ProjectionStores } from "./ports.ts";
import { type RetentionRule, stepOf } from "@/application/messaging/retention/purge.ts";

/** How long a process caches the live version. */
const MAX_AGE_MS = 500;
/** Rows of older versions are kept this long, for processes that do not know of the switch yet. */
const OLD_VERSIONS_KEPT_MS = MINUTE;

/** Returns a function that reads the live version, cached for half a second. Call it once per response, which needs one version. */
export function cacheLiveVersion(live: () => Promise<Live>, clock: Clock): () => Promise<number> {
  let cached: { at: number; live: Promise<Live> } | undefined;
  return async () => {
    if (cached === undefined || elapsedMs(clock, cached.at) >= MAX_AGE_MS) cached = { at: clock.now(), live: live() };
    const current = cached;
    try {
      return (await current.live).version;
    } catch (error) {
      if (cached === current) cached = undefined;
      throw error;
    }
  };
}

/** The common part of all projections' versions. */
export type AnyVersion = { uow: UnitOfWork<ProjectionStores> };

/**
 * Fences a version by an attempt. Its transactions call `onFenced` and throw `Fenced` once another attempt has begun or this one
 * has ended.
 */
export function fenceVersion<Version extends AnyVersion>(
  version: Version,
  attempt: number,
  onFenced: (error: Fenced) => void,
): Version {
  const uow: AnyVersion["uow"] = {
    run: (work, options) =>
      version.uow.run(async (stores) => {
        await stores.versions.lockAttempt(attempt).catch((error) => {
          if (error instanceof Fenced) onFenced(error);
          throw error;
        });
        return await work(stores);
      }, options),
  };
  // The work gets all stores of the version, also those that not every version has.
  return { ...version, uow } as Version;
}

type Versioned = { live(): Promise<Live>; at(version: number): AnyVersion };

/** Returns the retention of versions that were live before. */
export const oldVersionRetention = (store: Versioned): RetentionRule => ({
  name: "old-versions",
  keptMs: OLD_VERSIONS_KEPT_MS,
  async remove(before, most) {
    const { version, since } = await store.live();
    if (since > before) return stepOf(0, most);
    return stepOf(await store.at(version).uow.run(({ versions }) => versions.clear({ below: version }, most)), most);
  },
});
