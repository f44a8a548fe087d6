import { SlidingOutput } from "./sliding_output.ts";
import { Undecodable } from "./undecodable.ts";

/** Java clients write a 16-byte header and blocks after their lengths (snappy-java). librdkafka writes one bare block. */
const FRAMED = new Uint8Array([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;

/** The kinds of elements, in the two lowest bits of a tag. */
const LITERAL = 0;
const NEAR_COPY = 1;
const FAR_COPY = 2;
/** A literal with a tag value n above this has its length in the n - 59 bytes after the tag. */
const MAX_SHORT_LITERAL = 59;

/** Decompresses Snappy (google/snappy, format_description.txt), framed or not. Throws `Undecodable`. */
export function decompressSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const output = new SlidingOutput({ maxBytes, expectedBytes: 4 * bytes.length });
  if (!FRAMED.every((byte, at) => bytes[at] === byte)) decompressBlock(bytes, output);
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = HEADER_BYTES; at < bytes.length;) {
      if (at + LENGTH_BYTES > bytes.length) throw new Undecodable("the compressed bytes end too early");
      const end = at + LENGTH_BYTES + view.getUint32(at);
      if (end > bytes.length) throw new Undecodable("the compressed bytes end too early");
      decompressBlock(bytes.subarray(at + LENGTH_BYTES, end), output);
      at = end;
    }
  }
  return output.written();
}

function decompressBlock(bytes: Uint8Array, output: SlidingOutput): void {
  const begin = output.length;
  const { value: wanted, next } = readLength(bytes);
  for (let at = next; at < bytes.length;) {
    const tag = bytes[at]!;
    const rest = tag >> 2;
    const kind = tag & 3;
    at++;
    if (kind === LITERAL) {
      const more = Math.max(0, rest - MAX_SHORT_LITERAL);
      const length = (more === 0 ? rest : readNumber(bytes, at, more)) + 1;
      output.literal(bytes, at + more, at + more + length);
      at += more + length;
    } else if (kind === NEAR_COPY) {
      repeatWithin(output, begin, ((tag >> 5) << 8) | readNumber(bytes, at, 1), (rest & 7) + 4);
      at++;
    } else {
      const size = kind === FAR_COPY ? 2 : 4;
      repeatWithin(output, begin, readNumber(bytes, at, size), rest + 1);
      at += size;
    }
  }
  const found = output.length - begin;
  if (found !== wanted) throw new Undecodable(`a block decompresses to ${found} bytes, but says ${wanted}`);
}

/** Appends a copy within one block. Blocks are independent, so no copy may reach before the block. */
function repeatWithin(output: SlidingOutput, begin: number, distance: number, length: number): void {
  if (distance > output.length - begin) throw new Undecodable("a copy points before the beginning");
  output.repeat(distance, length);
}

function readLength(bytes: Uint8Array): { value: number; next: number } {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const byte = readNumber(bytes, at, 1);
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new Undecodable("the length of a block makes no sense");
}

/** Reads a little-endian number of up to four bytes. */
function readNumber(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) throw new Undecodable("the compressed bytes end too early");
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + bytes[at + index]!;
  return value;
}
