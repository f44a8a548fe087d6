import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** Text up to this length is hashed here: calling the runtime costs as much as 20 blocks. */
const SHORT = 500;
const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/** The first bits of the fractional parts of the square and cube roots of the first primes (FIPS 180-4, 5.3.3 and 4.2.2). */
const primes = firstPrimes(64);
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));

const bytes = new Uint8Array(4 * SHORT);
const words = new Int32Array(64);
const encoder = new TextEncoder();

/** SHA-256 of a text's UTF-8 (FIPS 180-4). */
export function sha256(text: string): Buffer {
  if (text.length > SHORT) return createHash("sha256").update(text).digest();
  const { written } = encoder.encodeInto(text, bytes);
  const length = Math.ceil((written + 1 + LENGTH_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
  bytes.fill(0, written, length);
  bytes[written] = 0x80;
  for (let at = 0, bits = written * 8; at < 4; at++, bits >>>= 8) bytes[length - 1 - at] = bits;
  const state = START.slice();
  for (let from = 0; from < length; from += BLOCK_BYTES) addBlock(state, from);
  const digest = Buffer.allocUnsafe(32);
  state.forEach((word, at) => digest.writeInt32BE(word, at * 4));
  return digest;
}

function addBlock(state: Int32Array, from: number): void {
  for (let at = 0; at < 16; at++, from += 4) {
    words[at] = bytes[from]! << 24 | bytes[from + 1]! << 16 | bytes[from + 2]! << 8 | bytes[from + 3]!;
  }
  for (let at = 16; at < 64; at++) {
    const [early, late] = [words[at - 15]!, words[at - 2]!];
    const one = (early >>> 7 | early << 25) ^ (early >>> 18 | early << 14) ^ early >>> 3;
    const two = (late >>> 17 | late << 15) ^ (late >>> 19 | late << 13) ^ late >>> 10;
    words[at] = words[at - 16]! + one + words[at - 7]! + two | 0;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let at = 0; at < 64; at++) {
    const one = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const next = h + one + (e & f ^ ~e & g) + ROUNDS[at]! + words[at]! | 0;
    const two = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const other = two + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + next | 0;
    d = c;
    c = b;
    b = a;
    a = next + other | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

function fraction(root: number): number {
  return (root - Math.floor(root)) * 2 ** 32 | 0;
}
