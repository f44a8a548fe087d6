import { SlidingOutput } from "./sliding_output.ts";
import { Undecodable } from "./undecodable.ts";

const MAGIC = 0x184d2204;
/** Skippable frames have one of 16 magic numbers from here on. */
const SKIPPABLE = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;

/** The flags of a frame. The flag for independent blocks is ignored, as copies may always reach back through the whole frame. */
const VERSION_MASK = 0xc0;
const VERSION = 0x40;
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_DICTIONARY = 0x01;

/** This bit in a block's length marks uncompressed bytes. */
const PLAIN_BLOCK = 0x80000000;
/** A four-bit length of 15 continues in the following bytes. */
const FULL_LENGTH = 15;
const MIN_COPY_BYTES = 4;
const CHECKSUM_BYTES = 4;

/**
 * Decompresses LZ4 frames (lz4/lz4, lz4_Frame_format.md). Skips their checksums, as the checksum of the record batch covers the
 * same bytes, and does not trust the sizes that they claim. Throws `Undecodable`.
 */
export function decompressLz4(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const output = new SlidingOutput({ maxBytes, expectedBytes: 4 * bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uint32 = (at: number): number => {
    if (at + 4 > bytes.length) throw new Undecodable("the compressed bytes end too early");
    return view.getUint32(at, true);
  };

  function readFrame(from: number): number {
    const magic = uint32(from);
    if (((magic & SKIPPABLE_MASK) >>> 0) === SKIPPABLE) return from + 8 + uint32(from + 4);
    if (magic !== MAGIC) throw new Undecodable("it is no LZ4 frame");
    const flags = bytes[from + 4] ?? 0;
    if ((flags & VERSION_MASK) !== VERSION) throw new Undecodable("the LZ4 frame is of an unknown version");
    if ((flags & HAS_DICTIONARY) !== 0) throw new Undecodable("the LZ4 frame needs a dictionary");
    // After the magic number: flags, maximum block size, optional content size, header checksum.
    let at = from + 4 + 2 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8) + 1;
    for (let length = uint32(at); length !== 0; length = uint32(at)) {
      const begin = at + 4;
      const end = begin + (length & ~PLAIN_BLOCK);
      if ((length & PLAIN_BLOCK) !== 0) output.literal(bytes, begin, end);
      else readBlock(bytes, begin, end, output);
      at = end + ((flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : CHECKSUM_BYTES);
    }
    return at + 4 + ((flags & HAS_CONTENT_CHECKSUM) === 0 ? 0 : CHECKSUM_BYTES);
  }

  for (let at = 0; at < bytes.length;) at = readFrame(at);
  return output.written();
}

function readBlock(bytes: Uint8Array, begin: number, end: number, output: SlidingOutput): void {
  if (end > bytes.length) throw new Undecodable("the compressed bytes end too early");
  let at = begin;
  const next = (): number => {
    if (at >= end) throw new Undecodable("a block ends too early");
    return bytes[at++]!;
  };
  const length = (bits: number): number => {
    let value = bits;
    for (let byte = bits === FULL_LENGTH ? 255 : 0; byte === 255;) value += byte = next();
    return value;
  };
  while (at < end) {
    const token = next();
    const literals = length(token >> 4);
    if (at + literals > end) throw new Undecodable("a block ends too early");
    output.literal(bytes, at, at + literals);
    at += literals;
    // The last sequence of a block has literals only.
    if (at === end) return;
    const distance = next() | (next() << 8);
    output.repeat(distance, length(token & 15) + MIN_COPY_BYTES);
  }
}
