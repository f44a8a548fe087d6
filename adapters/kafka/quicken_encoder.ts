import encoder from "kafkajs/encoder";

/** What the patch touches of kafkajs' encoder. */
type Encoder = {
  buf: Uint8Array;
  offset: number;
  ensureAvailable(bytes: number): void;
  writeUVarInt(value: number): Encoder;
  writeVarInt(value: number): Encoder;
  writeVarIntString(text: string | null): Encoder;
  writeVarIntBytes(value: unknown): Encoder;
};
type Patched = { nextPowerOfTwo(value: number): number; prototype: Encoder };

/** What an encoder begins with when nobody says how much it will hold (bytes), in kafkajs and here. */
const THEIR_START = 511;
const START = 64;
/** A varint of 32 bits has no more bytes. */
const LONGEST = 5;
/** Longer text is left to the runtime's own encoder. */
const SHORT = 64;

let quick = false;

/**
 * kafkajs 2.2.4 makes a buffer for every number of variable length that it writes, one of 512 bytes for every header of a
 * message, and calls into the runtime for every text: with the ten headers of a CloudEvent that is most of what producing
 * costs. Numbers and short plain text go straight to where they belong, and a header begins small. The bytes are the same.
 */
export function quickenEncoder(): void {
  if (quick) return;
  quick = true;
  const patched = encoder as Patched;
  const { nextPowerOfTwo } = patched;
  patched.nextPowerOfTwo = (value) => value === THEIR_START ? START : nextPowerOfTwo(value);
  const { prototype } = patched;
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
