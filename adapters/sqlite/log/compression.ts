import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { packMessages, unpackMessages } from "@/adapters/sql/messaging/pack.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

/** A smaller pack costs more time to compress than its bytes are worth. */
const MIN_BYTES = 2_048;
/** The first byte of a Zstandard frame (RFC 8878), which is no format of a pack. */
const ZSTD = 0x28;
/** With a checksum, as most changed bits would be read as other messages without one. */
const QUICKEST = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

/** Messages in a pack, which is compressed where that pays. */
export function compress(messages: Outgoing[]): Uint8Array {
  const pack = packMessages(messages, 2);
  return pack.byteLength < MIN_BYTES ? pack : zstdCompressSync(pack, QUICKEST);
}

/** Throws when the bytes are damaged. */
export const decompress = (bytes: Uint8Array): Outgoing[] =>
  unpackMessages(bytes[0] === ZSTD ? zstdDecompressSync(bytes) : bytes);
