import { passTo, positionOf } from "@/adapters/kafka/offsets/position.ts";

/**
 * Offsets that hold no message for a reader: marks of transactions, and messages of aborted ones. The client passes them
 * silently. Partitions are named `topic/partition`.
 */
export class PassedOffsets {
  readonly #passed = new Map<string, { first: bigint; last: bigint }>();

  /** Notes offsets that the client has just passed, where it read on after what it had read or passed before. */
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

  /** The position after what was passed; undefined where messages may lie between, or there is nothing to pass. */
  after(name: string, from: string | undefined): string | undefined {
    const passed = this.#passed.get(name);
    const offset = from === undefined ? 0n : positionOf(from).offset;
    if (passed === undefined || offset < passed.first || offset > passed.last) return undefined;
    return passTo(from, String(passed.last));
  }
}
