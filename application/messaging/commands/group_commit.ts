import { createBatching } from "@/application/shared/concurrency/batching.ts";
import { Unavailable } from "@/application/faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Outcome, Processor } from "./bus.ts";

/** The most commands of one transaction, as many as the largest request may have. */
const MAX_COMMANDS = 1_000;

/**
 * Wraps a processor with group commit: requests that wait at the same time share a transaction, as a commit costs more than a
 * command. Each still resolves once its effects are stored. A request with `afterEffects` or `consumed` gets its own transaction.
 */
export function shareTransactions(processor: Processor): Processor {
  const handleShared = createBatching<Envelope[], () => Outcome[]>({
    run: (requests) => handleTogether(processor, requests),
    sizeOf: (commands) => commands.length,
    maxSize: MAX_COMMANDS,
  });
  return {
    ...processor,
    async handle(commands, options = {}) {
      if (options.consumed !== undefined || options.afterEffects !== undefined) {
        return await processor.handle(commands, options);
      }
      return (await handleShared(commands))();
    },
  };
}

/** Handles requests in one transaction. When that fails, each is retried in its own, so that only the faulty one fails. */
async function handleTogether(processor: Processor, requests: Envelope[][]): Promise<(() => Outcome[])[]> {
  try {
    const outcomes = await processor.handle(requests.flat());
    let from = 0;
    return requests.map((commands) => {
      const own = outcomes.slice(from, from += commands.length);
      return () => own;
    });
  } catch (error) {
    // In an outage the commit may have succeeded and only its answer been lost, so a retry could apply the commands twice.
    if (requests.length === 1 || error instanceof Unavailable) throw error;
    const alone = await Promise.allSettled(requests.map((commands) => processor.handle(commands)));
    return alone.map((one) => () => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }
}
