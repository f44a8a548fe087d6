import { type Incoming, partitionName } from "@/application/messaging/wire/event_log.ts";

export type Partition = { topic: string; partition: number };

/** The messages of a log by partition. Positions begin at zero and stay the same when older messages are removed. */
export class StoredPartitions {
  readonly #messages = new Map<string, Incoming[]>();
  /** Positions whose message cannot be read, by partition. */
  readonly #damaged = new Map<string, Set<number>>();
  /** The position of the oldest kept message, in partitions with removed messages. */
  readonly #first = new Map<string, number>();

  first(partition: Partition): number {
    return this.#first.get(partitionName(partition)) ?? 0;
  }

  /** Returns the position of the next message. */
  end(partition: Partition): number {
    return this.first(partition) + this.#list(partition).length;
  }

  append(partition: Partition, message: Omit<Incoming, "topic" | "partition" | "position" | "next">): void {
    const position = this.end(partition);
    const list = this.#list(partition);
    list.push({ ...partition, ...message, position: String(position), next: String(position + 1) });
    this.#messages.set(partitionName(partition), list);
  }

  /** Returns at most `limit` messages from a position on, up to the first unreadable one. */
  read(partition: Partition, from: number, limit: number): Incoming[] {
    const at = from - this.first(partition);
    const found = this.#list(partition).slice(at, at + limit);
    const end = found.findIndex(({ position }) => this.isDamaged(partition, Number(position)));
    return end < 0 ? found : found.slice(0, end);
  }

  /** Returns a message, readable or not. */
  get(partition: Partition, position: number): Incoming | undefined {
    return this.#list(partition)[position - this.first(partition)];
  }

  /** Makes a message unreadable. */
  damage(partition: Partition, position: number): void {
    const name = partitionName(partition);
    this.#damaged.set(name, (this.#damaged.get(name) ?? new Set()).add(position));
  }

  isDamaged(partition: Partition, position: number): boolean {
    return this.#damaged.get(partitionName(partition))?.has(position) ?? false;
  }

  /** Returns when the oldest message arrived, or Infinity when there is none. */
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
