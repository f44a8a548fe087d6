import { createBatching } from "@/application/shared/concurrency/batching.ts";
import { Unavailable } from "@/application/faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Outcome, Processor } from "./bus.ts";

/** The most commands of one transaction, as many as the largest request may have. */
const MAX_COMMANDS = 1_000;

/** What one request brings; `asynchronous` as in `DispatchOptions`. */
type Asked = { commands: Envelope[]; asynchronous: boolean };

/**
 * Wraps a processor with group commit: requests that wait at the same time share a transaction, as a commit costs more than a
 * command. Each still resolves once its effects are stored. A request with `afterEffects` or `consumed` gets its own transaction.
 */
export function shareTransactions(processor: Processor): Processor {
  const handleShared = createBatching<Asked, () => Outcome[]>({
    run: (requests) => handleTogether(processor, requests),
    sizeOf: ({ commands }) => commands.length,
    maxSize: MAX_COMMANDS,
  });
  return {
    ...processor,
    async handle(commands, options = {}) {
      if (options.consumed !== undefined || options.afterEffects !== undefined) {
        return await processor.handle(commands, options);
      }
      return (await handleShared({ commands, asynchronous: options.asynchronous === true }))();
    },
  };
}

/**
 * Handles requests in one transaction. When that fails, each is retried in its own, so that only the faulty one fails. The commit
 * waits for the disk when one of them has to.
 */
async function handleTogether(processor: Processor, requests: Asked[]): Promise<(() => Outcome[])[]> {
  try {
    const asynchronous = requests.every((one) => one.asynchronous);
    const outcomes = await processor.handle(requests.flatMap(({ commands }) => commands), { asynchronous });
    let from = 0;
    return requests.map(({ commands }) => {
      const own = outcomes.slice(from, from += commands.length);
      return () => own;
    });
  } catch (error) {
    // In an outage the commit may have succeeded and only its answer been lost, so a retry could apply the commands twice.
    if (requests.length === 1 || error instanceof Unavailable) throw error;
    const alone = await Promise.allSettled(
      requests.map(({ commands, asynchronous }) => processor.handle(commands, { asynchronous })),
    );
    return alone.map((one) => () => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }
}
