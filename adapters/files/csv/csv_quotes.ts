import { type Bytes, joined } from "@/adapters/files/bytes.ts";

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Quotes inside a cell that a backslash marks, as MySQL writes them, in the form that CSV has for them. In CSV proper no letter can follow
 * a quote inside a cell, which tells the two apart; from the first such place on all backslashes before quotes are taken so.
 */
export async function* unescaped(source: Bytes): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array();
  let seen = false;
  for await (const chunk of source) {
    let bytes = held.length === 0 ? chunk : joined([held, chunk]);
    let end = bytes.length;
    while (end > 0 && end > bytes.length - 4 && (bytes[end - 1] === BACKSLASH || bytes[end - 1] === QUOTE)) end--;
    held = bytes.subarray(end);
    bytes = bytes.subarray(0, end);
    seen ||= marksQuotes(bytes);
    yield seen ? rewritten(bytes) : bytes;
  }
  if (held.length > 0) yield seen ? rewritten(held) : held;
}

/** Whether a backslash, a quote and a letter or space follow each other, and the quote before the backslash opened a cell. */
function marksQuotes(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(BACKSLASH); at !== -1 && at + 2 < bytes.length; at = bytes.indexOf(BACKSLASH, at + 1)) {
    const next = bytes[at + 2]!;
    if (bytes[at + 1] === QUOTE && (next >= 0x80 || /[\p{L}\p{N} .!?]/u.test(String.fromCharCode(next)))) return true;
  }
  return false;
}

function rewritten(bytes: Uint8Array): Uint8Array {
  if (bytes.indexOf(BACKSLASH) === -1) return bytes;
  const copy = Uint8Array.from(bytes);
  for (let at = copy.indexOf(BACKSLASH); at !== -1 && at + 1 < copy.length; at = copy.indexOf(BACKSLASH, at + 2)) {
    if (copy[at + 1] === QUOTE) copy[at] = QUOTE;
  }
  return copy;
}

/**
 * Cells in single quotes, in double ones. A quote ends its cell only before a delimiter or the end of a line, so that apostrophes are
 * safe; two of them, or one behind a backslash, are one.
 */
export async function* requoted(
  source: Bytes,
  { delimiter, spaced }: { delimiter: string; spaced: boolean },
): AsyncGenerator<Uint8Array> {
  const ends = Buffer.from(delimiter);
  const ahead = ends.length + 2;
  let [held, quoted, isStart] = [new Uint8Array() as Uint8Array, false, true];
  const isEnd = (bytes: Uint8Array, at: number) =>
    at >= bytes.length || bytes[at] === NEWLINE || bytes[at] === RETURN ||
    ends.every((byte, place) => bytes[at + place] === byte);
  function rewrite(bytes: Uint8Array, until: number): { written: Uint8Array; at: number } {
    const written = new Uint8Array(2 * bytes.length);
    let [at, to] = [0, 0];
    for (; at < until; at++) {
      const byte = bytes[at]!;
      if (!quoted) {
        quoted = isStart && byte === APOSTROPHE;
        if (isStart && spaced && byte === BLANK) written[to++] = byte;
        else {
          written[to++] = quoted ? QUOTE : byte;
          isStart = !quoted && (byte === NEWLINE || byte === ends.at(-1));
        }
      } else if (byte === APOSTROPHE && isEnd(bytes, at + 1)) {
        [quoted, written[to++]] = [false, QUOTE];
      } else if (byte === QUOTE) {
        written[to++] = QUOTE;
        written[to++] = QUOTE;
      } else if (
        bytes[at + 1] === APOSTROPHE && (byte === APOSTROPHE || (byte === BACKSLASH && !isEnd(bytes, at + 2)))
      ) {
        written[to++] = APOSTROPHE;
        at++;
      } else written[to++] = byte;
    }
    return { written: written.subarray(0, to), at };
  }
  for await (const chunk of source) {
    const bytes = held.length === 0 ? chunk : joined([held, chunk]);
    const { written, at } = rewrite(bytes, bytes.length - ahead);
    held = bytes.subarray(at);
    if (written.length > 0) yield written;
  }
  yield rewrite(held, held.length).written;
}
