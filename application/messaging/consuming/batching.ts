import type { Part } from "./commit.ts";
import { Fenced, messageOf, Unavailable } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";

type Waiting = { part: Part; resolve(): void; reject(error: unknown): void };

/** Transactions at once: while one is with the store, the next one is made. */
const AT_ONCE = 2;

/**
 * Puts parts of one topic's places that wait at the same time into one transaction, `most` messages in all, as a transaction
 * costs more than a message in it. When it fails each part is applied alone, so that none has to answer for another; an outage
 * is everybody's.
 */
export function createTogether(
  apply: (parts: Part[]) => Promise<void>,
  most: number,
  logger: Logger,
): (part: Part) => Promise<void> {
  let running = 0;
  let waiting: Waiting[] = [];

  /** The first that waits, and what may go with it, in one order, so that no two transactions wait for each other. */
  function nextGroup(): Waiting[] {
    const [first] = waiting as [Waiting];
    let size = 0;
    const group = waiting.filter(({ part: { place, messages } }) => {
      const fits = size === 0 || place.key.topic === first.part.place.key.topic && size + messages.length <= most;
      if (fits) size += messages.length;
      return fits;
    });
    waiting = waiting.filter((one) => !group.includes(one));
    return group.toSorted((a, b) => a.part.place.key.partition - b.part.place.key.partition);
  }

  async function run(group: Waiting[]): Promise<void> {
    running++;
    try {
      await apply(group.map(({ part }) => part));
      group.forEach(({ resolve }) => resolve());
    } catch (error) {
      if (group.length === 1 || error instanceof Unavailable) return group.forEach(({ reject }) => reject(error));
      if (!(error instanceof Fenced)) {
        const { consumer, topic } = group[0]!.part.place.key;
        logger.warn("transaction-split", { consumer, topic, parts: group.length, reason: messageOf(error) });
      }
      for (const { part, resolve, reject } of group) apply([part]).then(resolve, reject);
    } finally {
      running--;
      go();
    }
  }

  function go(): void {
    while (running < AT_ONCE && waiting.length > 0) run(nextGroup());
  }

  return (part) =>
    new Promise((resolve, reject) => {
      waiting.push({ part, resolve, reject });
      go();
    });
}
