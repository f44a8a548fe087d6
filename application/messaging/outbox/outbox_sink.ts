import type { UnitOfWork } from "@/application/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import type { Outbox } from "./ports.ts";

const MAX_MESSAGES = 100;

/** Creates the sink of the relay's dead letters. A replay adds them to the outbox again, unchanged. */
export const createOutboxSink = <Stores extends { outbox: Outbox }>(uow: UnitOfWork<Stores>): Sink<Stores> => ({
  maxMessages: MAX_MESSAGES,
  types: [],
  classify: ({ data }) => ({ kind: "handle", data }),
  order: () => "none",
  async handle({ received, before, after }) {
    await uow.run(async (stores) => {
      await before(stores);
      await stores.outbox.add(
        received.map(({ message: { topic, key, headers, value } }) => ({ topic, key, headers, value })),
      );
      await after(stores);
    });
    return [];
  },
});
