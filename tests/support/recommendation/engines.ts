import { systemClock as clock } from "@/adapters/system/clock.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { Interaction } from "@/domain/recommendation/interaction.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** Stores that a reader has read books, and marks the reader. */
export const readsIn =
  (uow: ReturnType<RecommendationStore["at"]>["uow"]) => (reader: string, ...ids: string[]): Promise<void> =>
    uow.run(async ({ interactions, changed }) => {
      const rows = ids.map((book): Interaction => ({ reader, book, kind: "read", stars: 0, time: 1 }));
      await changed.mark((await interactions.put(rows)).map((id) => ({ kind: "reader", id })));
    });

/** An engine of the first version; `other`: what it has other than the store and the system give. */
export function engineOf(
  store: RecommendationStore,
  owner: string,
  other: Partial<Parameters<typeof startEngine>[0]> = {},
) {
  const { uow, readers, marks, books, settings } = store.at(1);
  return startEngine({
    uow,
    readers,
    marks,
    books,
    settings,
    leases: store.leases,
    changes: store.changes(),
    version: 1,
    clock,
    logger,
    owner,
    ...other,
  });
}
