import { createBatching } from "@/application/shared/concurrency/batching.ts";
import { Unavailable } from "@/application/faults.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Outcome, Processor } from "./bus.ts";

/** Commands in one transaction, as many as the largest request may bring. */
const MAX_COMMANDS = 1_000;

/** What one request brings; `asynchronous` as in `DispatchOptions`. */
type Asked = { commands: Envelope[]; asynchronous: boolean };

/**
 * A processor whose requests share a transaction where they wait at the same time, as a commit costs more than a command in
 * it. Each still resolves when its effects are stored. What a request adds to its transaction keeps it in one of its own.
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
 * Handles requests in one transaction, or each in its own when that fails, so that one of them fails alone. The commit waits for the disk
 * where one of them does.
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
    // In an outage the answer of a commit may be lost, so that a second attempt could count twice.
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
