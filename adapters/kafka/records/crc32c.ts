/** The Castagnoli polynomial with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
/** How many bytes one step processes. */
const SLICES = 8;

/** 256 entries per slice; slice n is for a byte that n zero bytes follow. Signed, as V8 is slow for numbers above 2^31. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    table[byte] = value;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!;
    table[at] = (before >>> 8) ^ table[before & 0xff]!;
  }
  return table;
}

/** Returns the CRC-32C (RFC 3720, appendix B.4), eight bytes per step (slicing-by-8, Kounavis and Berry 2005). */
export function crc32c(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - bytes.length % SLICES;
  let crc = -1;
  for (let at = 0; at < whole; at += SLICES) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc = TABLE[1792 + (low & 0xff)]! ^ TABLE[1536 + (low >>> 8 & 0xff)]! ^ TABLE[1280 + (low >>> 16 & 0xff)]! ^
      TABLE[1024 + (low >>> 24)]! ^ TABLE[768 + (high & 0xff)]! ^ TABLE[512 + (high >>> 8 & 0xff)]! ^
      TABLE[256 + (high >>> 16 & 0xff)]! ^ TABLE[high >>> 24]!;
  }
  for (let at = whole; at < bytes.length; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
