import { advanceTo, positionOf } from "@/adapters/kafka/offsets/position.ts";

/**
 * Offsets without a message for consumers: transaction markers and messages of aborted transactions. kafkajs skips them
 * silently. Partitions are named `topic/partition`.
 */
export class SkippedOffsets {
  readonly #skipped = new Map<string, { first: bigint; last: bigint }>();

  /** Records offsets that kafkajs has just skipped. A range that follows the recorded one extends it. */
  add(name: string, first: bigint, last: bigint): void {
    if (first > last) return;
    const before = this.#skipped.get(name);
    this.#skipped.set(name, { first: before?.last === first - 1n ? before.first : first, last });
  }

  delete(name: string): void {
    this.#skipped.delete(name);
  }

  clear(): void {
    this.#skipped.clear();
  }

  names(): string[] {
    return [...this.#skipped.keys()];
  }

  /** Returns the position after the skipped offsets, or undefined when `from` is not within them, so that messages may lie between. */
  positionAfter(name: string, from: string | undefined): string | undefined {
    const skipped = this.#skipped.get(name);
    const offset = from === undefined ? 0n : positionOf(from).offset;
    if (skipped === undefined || offset < skipped.first || offset > skipped.last) return undefined;
    return advanceTo(from, String(skipped.last));
  }
}
