import { classifyType, type Sink } from "@/application/messaging/consuming/sink.ts";
import type { Processor } from "./bus.ts";
import type { CommandStores } from "./ports.ts";

const MAX_MESSAGES = 200;

/** Creates the sink of a module's processor. It handles each command and answers it by an event. */
export const createCommandSink = (processor: Processor): Sink<CommandStores> => ({
  types: processor.types,
  maxMessages: MAX_MESSAGES,
  order: processor.order,
  classify: (envelope) => classifyType(envelope, processor.types),
  async handle({ received, ...consumed }) {
    const times = received.map(({ time }) => time);
    const outcomes = await processor.handle(received.map(({ envelope }) => envelope), {
      consumed: { ...consumed, times },
    });
    return received.filter((_, at) => outcomes[at]?.kind === "skipped");
  },
});
