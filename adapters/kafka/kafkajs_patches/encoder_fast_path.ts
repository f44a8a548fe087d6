import encoder from "kafkajs/encoder";

/** What the patch touches of kafkajs' encoder. */
type Encoder = {
  buf: Uint8Array;
  offset: number;
  ensureAvailable(bytes: number): void;
  writeUVarInt(value: number): Encoder;
  writeVarIntString(text: string | null): Encoder;
  writeVarIntBytes(value: unknown): Encoder;
};
type Patched = { prototype: Encoder };

/** A varint of 32 bits has no more bytes. */
const LONGEST = 5;
/** Longer text is left to the runtime's own encoder. */
const SHORT = 64;

let quick = false;

/**
 * kafkajs 2.2.4 makes a buffer for every number of variable length that it writes, and calls into the runtime for every text:
 * with the ten headers of a CloudEvent that is much of what producing costs. Numbers and short plain text go straight to where
 * they belong. The bytes are the same.
 */
export function patchEncoder(): void {
  if (quick) return;
  quick = true;
  const { prototype } = encoder as Patched;
  const { writeVarIntString, writeVarIntBytes } = prototype;
  prototype.writeUVarInt = function (value) {
    this.ensureAvailable(LONGEST);
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

/** Writes a short text of ASCII with its length; otherwise leaves the encoder as it was and says no. */
function writePlain(one: Encoder, text: unknown): boolean {
  if (typeof text !== "string" || text.length >= SHORT) return false;
  // Its length fits in one byte, as it is below 64.
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
