import { CONSUMER_NAMES, type ConsumerName, CONSUMERS, follows } from "../consumers.ts";
import type { Evidence } from "../evidence.ts";
import { placeOf } from "../messages.ts";
import type { Ends, Transaction } from "../transactions.ts";
import { type Violation, violation } from "../violation.ts";

type Known = Pick<Evidence, "transactions" | "rebuilt">;

/**
 * Promise 1, I10: a version that is made again of the same events equals the one that readers see, byte for byte; and a version
 * that readers are shown has read what was in the log when its last rebuild began, at the least.
 */
export function checkVersions({ transactions = [], rebuilt = [] }: Known): Violation[] {
  const other = rebuilt.filter(({ live, rebuilt }) => live !== rebuilt);
  return [
    ...violation(
      "I10",
      "versions that a rebuild makes differently",
      other.map(({ name, live, rebuilt }) => `${name}: rebuilt ${rebuilt}, live ${live}`),
    ),
    ...violation(
      "I10",
      "versions that were shown before they had read the log",
      CONSUMER_NAMES.flatMap((name) => early(name, transactions)),
    ),
  ];
}

function early(consumer: ConsumerName, transactions: Transaction[]): string[] {
  const found: string[] = [];
  let began: Ends = new Map();
  let read = new Map<string, { version: number; next: number }>();
  for (const one of transactions.filter(({ store }) => store === CONSUMERS[consumer].store)) {
    const { clearedAbove } = one;
    began = one.began ?? began;
    if (clearedAbove !== undefined) read = new Map([...read].filter(([, { version }]) => version <= clearedAbove));
    for (const move of one.moves) {
      if (move.consumer !== consumer) continue;
      read.set(`${one.version} ${placeOf(move)}`, { version: one.version, next: Number(move.next) });
    }
    if (one.switched === undefined) continue;
    for (const [place, end] of began) {
      const at = read.get(`${one.switched} ${place}`)?.next ?? 0;
      if (!follows(consumer, place.slice(0, place.lastIndexOf("/"))) || at >= end) continue;
      found.push(`version ${one.switched} at ${at} of ${place}, which had ${end} messages when it was begun`);
    }
  }
  return found;
}
