import { MINUTE } from "@/domain/hours.ts";
import { Fenced } from "@/application/faults.ts";
import type { Clock, UnitOfWork } from "@/application/ports.ts";
import type { Live, ProjectionStores } from "./ports.ts";
import { type RetentionRule, stepOf } from "@/application/messaging/retention/purge.ts";

/** How long a process may go on with the version that it saw last (ms). */
const RECENT = 500;
/** Rows of older versions stay for so long (ms), so that whoever has not seen the switch yet finds all of them. */
const OLD_KEPT = MINUTE;

/** Which version readers see, as of half a second ago at most. One answer to a reader comes from one version: ask once. */
export function cacheLiveVersion(live: () => Promise<Live>, clock: Clock): () => Promise<number> {
  let asked: { at: number; live: Promise<Live> } | undefined;
  return async () => {
    const now = clock.now();
    if (asked === undefined || now - asked.at >= RECENT || now < asked.at) asked = { at: now, live: live() };
    const current = asked;
    try {
      return (await current.live).version;
    } catch (error) {
      if (asked === current) asked = undefined;
      throw error;
    }
  };
}

/** A version's part that all projections have alike. */
export type AnyVersion = { uow: UnitOfWork<ProjectionStores> };

/**
 * A version as an attempt fills it: each transaction is `Fenced` once another attempt has begun or this one has ended; `lost` is
 * told of it.
 */
export function fenceVersion<Version extends AnyVersion>(
  version: Version,
  attempt: number,
  lost: (error: Fenced) => void,
): Version {
  const uow: AnyVersion["uow"] = {
    run: (work) =>
      version.uow.run(async (stores) => {
        await stores.versions.hold(attempt).catch((error) => {
          if (error instanceof Fenced) lost(error);
          throw error;
        });
        return await work(stores);
      }),
  };
  // The same stores are passed on, whatever others there are among them.
  return { ...version, uow } as Version;
}

type Versioned = { live(): Promise<Live>; at(version: number): AnyVersion };

/** Versions that were live before, to be removed by a purge. */
export const oldVersionRetention = (store: Versioned): RetentionRule => ({
  name: "old-versions",
  kept: OLD_KEPT,
  async remove(before, most) {
    const { version, since } = await store.live();
    if (since > before) return stepOf(0, most);
    return stepOf(await store.at(version).uow.run(({ versions }) => versions.clear({ below: version }, most)), most);
  },
});
