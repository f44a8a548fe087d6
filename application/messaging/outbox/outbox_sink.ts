import type { ConsumerStores } from "@/application/messaging/consuming/guard.ts";
import type { Outbox } from "./ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";

/** Where the relay's letters go when they are replayed: back into the outbox, to be sent as they are. */
export const createOutboxSink = (uow: UnitOfWork<ConsumerStores & { outbox: Outbox }>): Sink => ({
  chunk: 100,
  types: [],
  judge: () => "take",
  order: () => "none",
  handle: (received, guard) =>
    uow.run(async (stores) => {
      await guard.begin(stores);
      await stores.outbox.add(
        received.map(({ message: { topic, key, headers, value } }) => ({ topic, key, headers, value })),
      );
      await guard.end(stores);
    }),
});
