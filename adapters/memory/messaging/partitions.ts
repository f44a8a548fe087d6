import { type Incoming, partitionName } from "@/application/messaging/wire/event_log.ts";

export type Partition = { topic: string; partition: number };

/** The messages of a log by partition. Positions count on from zero, also when older messages are removed. */
export class StoredPartitions {
  readonly #messages = new Map<string, Incoming[]>();
  /** Positions whose message cannot be read, by partition. */
  readonly #damaged = new Map<string, Set<number>>();
  /** The position of the first message that is left, where some were removed. */
  readonly #first = new Map<string, number>();

  first(partition: Partition): number {
    return this.#first.get(partitionName(partition)) ?? 0;
  }

  /** The position of the next message. */
  end(partition: Partition): number {
    return this.first(partition) + this.#list(partition).length;
  }

  append(partition: Partition, message: Omit<Incoming, "topic" | "partition" | "position" | "next">): void {
    const position = this.end(partition);
    const list = this.#list(partition);
    list.push({ ...partition, ...message, position: String(position), next: String(position + 1) });
    this.#messages.set(partitionName(partition), list);
  }

  /** At most so many messages from a position on, up to the first that cannot be read. */
  read(partition: Partition, from: number, limit: number): Incoming[] {
    const at = from - this.first(partition);
    const found = this.#list(partition).slice(at, at + limit);
    const end = found.findIndex(({ position }) => this.isDamaged(partition, Number(position)));
    return end < 0 ? found : found.slice(0, end);
  }

  /** A message, readable or not. */
  get(partition: Partition, position: number): Incoming | undefined {
    return this.#list(partition)[position - this.first(partition)];
  }

  /** Makes a message one that cannot be read. */
  damage(partition: Partition, position: number): void {
    const name = partitionName(partition);
    this.#damaged.set(name, (this.#damaged.get(name) ?? new Set()).add(position));
  }

  isDamaged(partition: Partition, position: number): boolean {
    return this.#damaged.get(partitionName(partition))?.has(position) ?? false;
  }

  /** The arrival of the first message; Infinity where there is none. */
  beginsAt(partition: Partition): number {
    return this.#list(partition)[0]?.timestamp ?? Infinity;
  }

  /** Removes the messages below a position. */
  truncate(partition: Partition, below: number): void {
    this.#list(partition).splice(0, below - this.first(partition));
    this.#first.set(partitionName(partition), below);
  }

  #list(partition: Partition): Incoming[] {
    return this.#messages.get(partitionName(partition)) ?? [];
  }
}
