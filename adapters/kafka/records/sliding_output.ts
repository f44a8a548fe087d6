import { Undecodable } from "./undecodable.ts";

const MIN_BYTES = 4_096;
/** Pieces of at least this length are copied by the runtime, shorter ones byte by byte. */
const LONG_BYTES = 24;

/** The output of an LZ77 decompressor: literal bytes and copies of earlier output. It never exceeds `maxBytes`. */
export class SlidingOutput {
  readonly #maxBytes: number;
  #bytes: Uint8Array;
  #length = 0;

  constructor({ maxBytes, expectedBytes }: { maxBytes: number; expectedBytes: number }) {
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(Math.min(maxBytes, Math.max(MIN_BYTES, expectedBytes)));
  }

  get length(): number {
    return this.#length;
  }

  /** Returns a view of the output. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Appends the bytes of `from` between two indices. */
  literal(from: Uint8Array, begin: number, end: number): void {
    if (end > from.length) throw new Undecodable("the compressed bytes end too early");
    this.#makeRoom(end - begin);
    if (end - begin >= LONG_BYTES) this.#bytes.set(from.subarray(begin, end), this.#length);
    else for (let at = begin; at < end; at++) this.#bytes[this.#length + at - begin] = from[at]!;
    this.#length += end - begin;
  }

  /** Appends a copy of `length` bytes that begin `distance` bytes back. The copy may overlap its source. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw new Undecodable("a copy points before the beginning");
    this.#makeRoom(length);
    const end = this.#length + length;
    const source = this.#length - distance;
    if (length < LONG_BYTES) {
      for (let at = this.#length; at < end; at++) this.#bytes[at] = this.#bytes[at - distance]!;
    } else {
      // Each step doubles the copied bytes while source and copy overlap.
      for (let at = this.#length; at < end;) {
        const size = Math.min(at - source, end - at);
        this.#bytes.copyWithin(at, source, source + size);
        at += size;
      }
    }
    this.#length = end;
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#maxBytes) throw new Undecodable(`it decompresses to more than ${this.#maxBytes} bytes`);
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, 2 * this.#bytes.length)));
    grown.set(this.written());
    this.#bytes = grown;
  }
}
