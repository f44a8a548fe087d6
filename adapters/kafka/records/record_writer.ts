import { crc32c } from "./crc32c.ts";

/** A message as kafkajs hands it to its encoder. */
export type WrittenMessage = {
  key?: Buffer | string | null;
  value: Buffer | string | null;
  headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
  timestamp?: string | number;
};

/** The producer of a batch. Its id is -1 without idempotence. */
type Producer = { id: bigint; epoch: number; firstSequence: number };

/** The bytes of a batch's header: base offset, length, leader epoch, format, checksum, attributes … record count. */
const BATCH_HEAD_BYTES = 61;
const LENGTH_AT = 8;
const CHECKSUM_AT = 17;
const CHECKED_FROM = 21;
const FORMAT = 2;
/** The bytes that the varint length of most records takes. */
const LENGTH_BYTES = 2;
const MAX_VARINT_BYTES = 10;
/** Text of at least this length is encoded by the runtime. */
const LONG_TEXT = 64;

/** Writes an uncompressed record batch of message format 2 into one buffer. A message without a timestamp gets `now`. */
export function writeRecordBatch(messages: WrittenMessage[], producer: Producer, now: number): Buffer {
  const writer = new Writer(BATCH_HEAD_BYTES + messages.length * 512);
  const times = messages.map(({ timestamp }) => timestamp === undefined ? now : Number(timestamp));
  const first = times.reduce((least, time) => Math.min(least, time), times[0] ?? now);
  writer.at = BATCH_HEAD_BYTES;
  for (const [at, message] of messages.entries()) writeRecord(writer, message, at, times[at]! - first);
  const { bytes } = writer;
  bytes.fill(0, 0, LENGTH_AT);
  bytes.writeInt32BE(bytes.length - LENGTH_AT - 4, LENGTH_AT);
  bytes.writeInt32BE(0, 12);
  bytes[16] = FORMAT;
  bytes.writeInt16BE(0, 21);
  bytes.writeInt32BE(messages.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(first), 27);
  bytes.writeBigInt64BE(BigInt(times.reduce((most, time) => Math.max(most, time), first)), 35);
  bytes.writeBigInt64BE(producer.id, 43);
  bytes.writeInt16BE(producer.epoch, 51);
  bytes.writeInt32BE(producer.firstSequence, 53);
  bytes.writeInt32BE(messages.length, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(CHECKED_FROM)), CHECKSUM_AT);
  return bytes;
}

function writeRecord(writer: Writer, { key, value, headers = {} }: WrittenMessage, offset: number, time: number): void {
  writer.reserve(LENGTH_BYTES + 1 + 2 * MAX_VARINT_BYTES);
  const begin = writer.at += LENGTH_BYTES;
  writer.byte(0);
  writer.varint(time);
  writer.varint(offset);
  writer.sized(key);
  writer.sized(value);
  const names = Object.keys(headers);
  const count = names.reduce((sum, name) => sum + (Array.isArray(headers[name]) ? headers[name].length : 1), 0);
  writer.reserve(MAX_VARINT_BYTES);
  writer.varint(count);
  for (const name of names) {
    const given = headers[name];
    for (const one of Array.isArray(given) ? given : [given]) {
      writer.sized(name);
      writer.sized(one);
    }
  }
  writer.setLength(begin);
}

/** A growing buffer. Callers of `varint` and `byte` must reserve the bytes first. */
class Writer {
  #buffer: Buffer;
  at = 0;

  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafe(bytes);
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.at);
  }

  reserve(bytes: number): void {
    if (this.at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.at + bytes));
    this.#buffer.copy(larger, 0, 0, this.at);
    this.#buffer = larger;
  }

  byte(value: number): void {
    this.#buffer[this.at++] = value;
  }

  /** Writes a whole number, zigzag-encoded, so that small numbers of either sign take few bytes. */
  varint(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte(rest % 128 | 0x80);
    this.byte(rest);
  }

  /** Writes bytes or text after their length. The length -1 stands for null. */
  sized(value: Buffer | string | null | undefined): void {
    if (value === null || value === undefined) {
      this.reserve(1);
      return this.byte(1);
    }
    if (typeof value === "string") return this.#text(value);
    this.reserve(MAX_VARINT_BYTES + value.length);
    this.varint(value.length);
    this.#buffer.set(value, this.at);
    this.at += value.length;
  }

  #text(text: string): void {
    if (text.length < LONG_TEXT && this.#plain(text)) return;
    const length = Buffer.byteLength(text);
    this.reserve(MAX_VARINT_BYTES + length);
    this.varint(length);
    this.at += this.#buffer.write(text, this.at);
  }

  /** Writes short ASCII text. Returns false and writes nothing for any other. */
  #plain(text: string): boolean {
    this.reserve(1 + text.length);
    const buffer = this.#buffer;
    let at = this.at;
    // A length below 64 fits in one byte.
    buffer[at++] = text.length << 1;
    for (let from = 0; from < text.length; from++) {
      const unit = text.charCodeAt(from);
      if (unit > 0x7f) return false;
      buffer[at++] = unit;
    }
    this.at = at;
    return true;
  }

  /** Writes the length of the bytes from `begin` on, in front of them. */
  setLength(begin: number): void {
    const length = this.at - begin;
    const end = this.at;
    this.reserve(2 * MAX_VARINT_BYTES);
    this.varint(length);
    const digits = this.at - end;
    const written = Uint8Array.from(this.#buffer.subarray(end, end + digits));
    if (digits !== LENGTH_BYTES) this.#buffer.copyWithin(begin - LENGTH_BYTES + digits, begin, end);
    this.#buffer.set(written, begin - LENGTH_BYTES);
    this.at = begin - LENGTH_BYTES + digits + length;
  }
}
