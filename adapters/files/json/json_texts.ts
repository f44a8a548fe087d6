import { type Bytes, joined } from "@/adapters/files/bytes.ts";

/** A row or a value of a file is at most so long. */
export const MOST_ROW_BYTES = 64 * 1024 * 1024;
const UTF_8 = new TextDecoder();

/** A value's text, and where its first sign stands in the file. */
export type PlacedText = { text: string; line: number; column: number };

/** The texts of the values of a top-level array, or of values one after another. An array without its end has an empty text there. */
export async function* jsonTexts(source: Bytes): AsyncGenerator<PlacedText> {
  const scanner = createScanner();
  let open: { parts: Uint8Array[]; bytes: number; line: number; column: number } | undefined;
  for await (const chunk of source) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const inside = scanner.step(chunk[at]!);
      if (inside && open === undefined) [open, from] = [{ parts: [], bytes: 0, ...scanner.place }, at];
      if (inside || open === undefined) continue;
      open.parts.push(chunk.subarray(from, at));
      yield { text: UTF_8.decode(joined(open.parts)), line: open.line, column: open.column };
      open = undefined;
    }
    if (open === undefined) continue;
    open.parts.push(chunk.subarray(from));
    open.bytes += chunk.length - from;
    if (open.bytes > MOST_ROW_BYTES) throw new Error(`a value of more than ${MOST_ROW_BYTES} bytes cannot be read`);
  }
  const { line, column } = open ?? scanner.place;
  if (open !== undefined) yield { text: UTF_8.decode(joined(open.parts)).trimEnd(), line, column };
  else if (scanner.isInArray()) yield { text: "", line, column };
}

/** Tells byte by byte what belongs to a value, and what to the array around the values and to the space between them. */
function createScanner() {
  const place = { line: 1, column: 0 };
  let [depth, least] = [0, 0];
  let [quoted, escaped, begun, closing, broken] = [false, false, false, false, false];
  const inString = (byte: number): boolean => {
    if (escaped) escaped = false;
    else if (byte === 0x5c) escaped = true;
    else if (byte === 0x22) quoted = false;
    return true;
  };
  return {
    /** Of the byte of the last step. */
    place,
    isInArray: () => least === 1 && depth > 0,
    /** Whether the byte belongs to a value. */
    step(byte: number): boolean {
      if (broken) [place.line, place.column, broken] = [place.line + 1, 0, false];
      if (byte === 0x0a) broken = true;
      // Bytes that go on with a character have no column.
      if ((byte & 0xc0) !== 0x80) place.column++;
      if (quoted) return inString(byte);
      // The byte after the bracket that ends a value is outside of it.
      const ended = closing;
      closing = false;
      if (byte === 0x22) quoted = true;
      if (byte === 0x5b && !begun) {
        [begun, least, depth] = [true, 1, 1];
        return false;
      }
      if (byte > 0x20) begun = true;
      if (byte === 0x7b || byte === 0x5b) {
        depth++;
        return !ended;
      }
      if (byte === 0x7d || byte === 0x5d) {
        depth--;
        closing = depth === least;
        return depth >= least;
      }
      return depth > least || (!ended && byte > 0x20 && byte !== 0x2c);
    },
  };
}
