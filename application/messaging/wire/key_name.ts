const encoder = new TextEncoder();

/** A message's key as text that tells any two keys apart: its bytes, hexadecimal. */
export const keyName = (key: Uint8Array | string): string =>
  (typeof key === "string" ? encoder.encode(key) : key).toHex();
