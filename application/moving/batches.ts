import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import type { Row } from "./ports.ts";

/** Items in batches of at most `most` items and `bytes` bytes. A larger item is alone in its batch. */
export function* inBatches<Item>(
  items: Iterable<Item>,
  sizeOf: (item: Item) => number,
  most: number,
  bytes: number,
): Generator<Item[]> {
  let batch: Item[] = [];
  let size = 0;
  for (const item of items) {
    const more = sizeOf(item);
    if (batch.length === most || batch.length > 0 && size + more > bytes) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(item);
    size += more;
  }
  if (batch.length > 0) yield batch;
}

export const sizeOfRow = (row: Row): number =>
  Object.values(row).reduce<number>(
    (sum, value) => sum + (value === null || typeof value === "number" ? 8 : value.length),
    0,
  );

export const sizeOfMessage = ({ key, value, headers }: Incoming): number =>
  (key?.length ?? 0) + (value?.length ?? 0) + JSON.stringify(headers).length;
