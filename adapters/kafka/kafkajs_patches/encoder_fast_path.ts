import encoder from "kafkajs/encoder";

/** The part of kafkajs' encoder that the patch uses. */
type Encoder = {
  buf: Uint8Array;
  offset: number;
  ensureAvailable(bytes: number): void;
  writeUVarInt(value: number): Encoder;
  writeVarIntString(text: string | null): Encoder;
  writeVarIntBytes(value: unknown): Encoder;
};
type EncoderClass = { prototype: Encoder };

const MAX_VARINT_BYTES = 5;
/** Text from this length on is left to the runtime's own encoder. */
const LONG_TEXT_BYTES = 64;

let patched = false;

/**
 * kafkajs 2.2.4 makes a buffer for every varint and calls into the runtime for every text, which is much of the cost of
 * producing the ten headers of a CloudEvent. The patch writes varints and short ASCII text straight into the buffer. The bytes
 * stay the same.
 */
export function patchEncoder(): void {
  if (patched) return;
  patched = true;
  const { prototype } = encoder as EncoderClass;
  const { writeVarIntString, writeVarIntBytes } = prototype;
  prototype.writeUVarInt = function (value) {
    this.ensureAvailable(MAX_VARINT_BYTES);
    let rest = value;
    for (; (rest & ~0x7f) !== 0; rest >>>= 7) this.buf[this.offset++] = (rest & 0x7f) | 0x80;
    this.buf[this.offset++] = rest;
    return this;
  };
  prototype.writeVarIntString = function (text) {
    return writePlain(this, text) ? this : writeVarIntString.call(this, text);
  };
  prototype.writeVarIntBytes = function (value) {
    return writePlain(this, value) ? this : writeVarIntBytes.call(this, value);
  };
}

/** Writes a short ASCII text with its length. Returns false and writes nothing for any other value. */
function writePlain(one: Encoder, text: unknown): boolean {
  if (typeof text !== "string" || text.length >= LONG_TEXT_BYTES) return false;
  // A length below 64 fits in one byte.
  one.ensureAvailable(1 + text.length);
  const { buf, offset } = one;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return false;
    buf[offset + 1 + at] = unit;
  }
  buf[offset] = text.length << 1;
  one.offset = offset + 1 + text.length;
  return true;
}
