/** The number of ids that one call for random bytes serves, as a call costs more than an id. */
const POOLED_IDS = 256;
const RANDOM_BYTES = 10;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Makes ids of the form UUIDv7 (RFC 9562, 5.7): milliseconds, then chance, of which the first 12 bits count up within a millisecond (method 1 of 6.2).
 * A clock that is set back does not make an id lower than the one before.
 */
export function createUuids(now: () => number): () => string {
  const pool = new Uint8Array(POOLED_IDS * RANDOM_BYTES);
  let at = pool.length;
  let [last, count] = [0, 0];

  return () => {
    if (at === pool.length) {
      crypto.getRandomValues(pool);
      at = 0;
    }
    const time = now();
    if (time > last) {
      last = time;
      // Half of the counter is free at first.
      count = (pool[at]! << 8 | pool[at + 1]!) & 0x7ff;
    } else if (++count > 0xfff) {
      last++;
      count = 0;
    }
    const high = Math.floor(last / 2 ** 32);
    const low = last >>> 0;
    const id = HEX[high >>> 8 & 0xff]! + HEX[high & 0xff]! + HEX[low >>> 24]! + HEX[low >>> 16 & 0xff]! + "-" +
      HEX[low >>> 8 & 0xff]! + HEX[low & 0xff]! + "-" + HEX[0x70 | count >>> 8]! + HEX[count & 0xff]! + "-" +
      HEX[0x80 | pool[at + 2]! & 0x3f]! + HEX[pool[at + 3]!]! + "-" + HEX[pool[at + 4]!]! + HEX[pool[at + 5]!]! +
      HEX[pool[at + 6]!]! + HEX[pool[at + 7]!]! + HEX[pool[at + 8]!]! + HEX[pool[at + 9]!]!;
    at += RANDOM_BYTES;
    return id;
  };
}
