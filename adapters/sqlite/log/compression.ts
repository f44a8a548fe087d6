import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { packMessages, unpackMessages } from "@/adapters/sql/messaging/pack.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

/** Compression of a smaller pack saves too few bytes for its time. */
const MIN_BYTES = 2_048;
/** The first byte of a Zstandard frame (RFC 8878). No pack format has this number. */
const ZSTD = 0x28;
/** The fastest level, with a checksum: without one, most flipped bits would go unnoticed. */
const QUICKEST = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

/** Packs messages and compresses a large pack. */
export function compress(messages: Outgoing[]): Uint8Array {
  const pack = packMessages(messages, 2);
  return pack.byteLength < MIN_BYTES ? pack : zstdCompressSync(pack, QUICKEST);
}

/** Returns the messages of a pack. Throws when the bytes are damaged. */
export const decompress = (bytes: Uint8Array): Outgoing[] =>
  unpackMessages(bytes[0] === ZSTD ? zstdDecompressSync(bytes) : bytes);
