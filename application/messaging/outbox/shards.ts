/** The number of shards of the outbox. Each shard has one owner at a time. Several relays share the shards. */
export const SHARDS = 8;
export const ALL_SHARDS: number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** The CRC-32 table by byte. */
const REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (0xedb88320 & -(crc & 1));
  return crc;
});

/** Returns the shard of a key: CRC-32 (as in ISO 3309 and zlib) modulo `SHARDS`. A missing key counts as an empty one. */
export function shardOf(key: Uint8Array | null): number {
  let crc = 0xffffffff;
  const length = key?.byteLength ?? 0;
  for (let at = 0; at < length; at++) crc = crc >>> 8 ^ REMAINDERS[(crc ^ key![at]!) & 0xff]!;
  return ((crc ^ 0xffffffff) >>> 0) % SHARDS;
}
