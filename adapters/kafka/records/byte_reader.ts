import { Undecodable } from "./undecodable.ts";

const decoder = new TextDecoder();
const MAX_VARINT_BYTES = 5;
const MAX_VARLONG_BYTES = 10n;

/** Reads values of Kafka's protocol types in order. Throws `Undecodable` instead of reading beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #buffer: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  /** Returns a view of the next bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const from = this.#advance(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Reads a signed number of up to 32 bits, zigzag-encoded in one to five bytes. */
  varint(): number {
    let value = 0;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const byte = this.#bytes[this.#advance(1)]!;
      value |= (byte & 0x7f) << (7 * count);
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new Undecodable("a number is longer than its type");
  }

  /** Reads a signed number of up to 64 bits, zigzag-encoded in one to ten bytes. */
  varlong(): bigint {
    let value = 0n;
    for (let count = 0n; count < MAX_VARLONG_BYTES; count++) {
      const byte = this.#bytes[this.#advance(1)]!;
      value |= BigInt(byte & 0x7f) << (7n * count);
      if (byte < 0x80) return BigInt.asIntN(64, (BigInt.asUintN(64, value) >> 1n) ^ -(value & 1n));
    }
    throw new Undecodable("a number is longer than its type");
  }

  /** Reads bytes after their varint length. A negative length means null. */
  varintBytes(): Uint8Array | null {
    const length = this.varint();
    return length < 0 ? null : this.bytes(length);
  }

  /** Reads UTF-8 after its varint length. A negative length means undefined. A right `guess` saves the decoding. */
  varintText(guess: string | undefined): string | undefined {
    const length = this.varint();
    if (length < 0) return undefined;
    const from = this.#advance(length);
    if (guess !== undefined && this.#isAt(guess, from, length)) return guess;
    return this.#buffer.toString("utf8", from, from + length);
  }

  /** Returns whether the bytes at `from` are the given text in ASCII. */
  #isAt(text: string, from: number, length: number): boolean {
    if (text.length !== length) return false;
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 0x7f || unit !== this.#bytes[from + at]) return false;
    }
    return true;
  }

  /** Reads UTF-8 after its two-byte length. A negative length means an empty text. */
  text(): string {
    return decoder.decode(this.bytes(Math.max(0, this.int16())));
  }

  #advance(length: number): number {
    if (length > this.left) throw new Undecodable(`it ends too early: wanted ${length} bytes more, found ${this.left}`);
    const from = this.at;
    this.at += length;
    return from;
  }
}
