const encoder = new TextEncoder();

/** Returns the bytes of a message's key in hexadecimal. */
export const keyName = (key: Uint8Array | string): string =>
  (typeof key === "string" ? encoder.encode(key) : key).toHex();
