/** The number of shards of the outbox. Each has one owner at a time, so that several processes share the work. */
export const SHARDS = 8;
export const ALL_SHARDS: number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** The shard of a key: CRC-32 (as in ISO 3309 and zlib) modulo `SHARDS`. A message without a key is in the shard of the empty key. */
export function shardOf(key: Uint8Array | null): number {
  let crc = 0xffffffff;
  for (const byte of key ?? []) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (0xedb88320 & -(crc & 1));
  }
  return ((crc ^ 0xffffffff) >>> 0) % SHARDS;
}
