import { passTo, positionOf } from "@/adapters/kafka/offsets/position.ts";

/**
 * Offsets without a message for consumers: transaction markers and messages of aborted transactions. kafkajs skips them
 * silently. Partitions are named `topic/partition`.
 */
export class PassedOffsets {
  readonly #passed = new Map<string, { first: bigint; last: bigint }>();

  /** Records offsets that kafkajs has just skipped. A range that follows the recorded one extends it. */
  note(name: string, first: bigint, last: bigint): void {
    if (first > last) return;
    const before = this.#passed.get(name);
    this.#passed.set(name, { first: before?.last === first - 1n ? before.first : first, last });
  }

  forget(name: string): void {
    this.#passed.delete(name);
  }

  forgetAll(): void {
    this.#passed.clear();
  }

  names(): string[] {
    return [...this.#passed.keys()];
  }

  /** Returns the position after the skipped offsets, or undefined when `from` is not within them, so that messages may lie between. */
  after(name: string, from: string | undefined): string | undefined {
    const passed = this.#passed.get(name);
    const offset = from === undefined ? 0n : positionOf(from).offset;
    if (passed === undefined || offset < passed.first || offset > passed.last) return undefined;
    return passTo(from, String(passed.last));
  }
}
