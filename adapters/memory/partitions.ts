import type { Incoming } from "@/application/messaging/wire/event_log.ts";

export type Partition = { topic: string; partition: number };
export const nameOf = ({ topic, partition }: Partition): string => `${topic}/${partition}`;

/** The messages of a log by partition. Positions count on from zero, also when older messages are removed. */
export class StoredPartitions {
  readonly #messages = new Map<string, Incoming[]>();
  /** The position of the first message that is left, where some were removed. */
  readonly #first = new Map<string, number>();

  first(partition: Partition): number {
    return this.#first.get(nameOf(partition)) ?? 0;
  }

  /** The position of the next message. */
  end(partition: Partition): number {
    return this.first(partition) + this.#list(partition).length;
  }

  append(partition: Partition, message: Omit<Incoming, "topic" | "partition" | "position" | "next">): void {
    const position = this.end(partition);
    const list = this.#list(partition);
    list.push({ ...partition, ...message, position: String(position), next: String(position + 1) });
    this.#messages.set(nameOf(partition), list);
  }

  /** At most so many messages from a position on. */
  read(partition: Partition, from: number, limit: number): Incoming[] {
    const at = from - this.first(partition);
    return this.#list(partition).slice(at, at + limit);
  }

  /** When the first message came, Infinity where there is none. */
  beginsAt(partition: Partition): number {
    return this.#list(partition)[0]?.timestamp ?? Infinity;
  }

  /** Removes the messages below a position. */
  truncate(partition: Partition, below: number): void {
    this.#list(partition).splice(0, below - this.first(partition));
    this.#first.set(nameOf(partition), below);
  }

  #list(partition: Partition): Incoming[] {
    return this.#messages.get(nameOf(partition)) ?? [];
  }
}
