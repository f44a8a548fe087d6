/** Returns an encoding's name as the Encoding Standard has it; `UTF-16` alone is UTF-16LE. Throws for one that it does not know. */
export function encodingName(wanted: string): string {
  if (/^utf-?16$/i.test(wanted)) return "utf-16le";
  try {
    return new TextDecoder(wanted).encoding;
  } catch {
    throw new Error(`the encoding ${wanted} is not known; known are UTF-8, UTF-16LE, UTF-16BE, windows-1252, latin1 …`);
  }
}
