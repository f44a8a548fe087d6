import { encodingName } from "@/application/catalog/importing/encoding_name.ts";
import { type Bytes, joined, peek } from "./bytes.ts";

/** What was found out about a file's bytes; filled while they are read. `mixed`: some lines are in UTF-8; `unfit`: some bytes fit nothing. */
export type Encoding = { name: string; guessed: boolean; mixed: boolean; unfit: boolean };

/**
 * Bytes in UTF-8, whatever they were in: by `wanted`, by a byte order mark, or by what they look like. A byte that fits nothing becomes
 * a character that no text has (see `badBytes`), so that its row can be refused and written out as it was.
 */
export async function utf8Of(
  source: Bytes,
  wanted: string | undefined,
): Promise<{ bytes: Bytes; encoding: Encoding }> {
  const { head, bytes } = await peek(source, 4096);
  const found = wanted === undefined ? sniff(head) : encodingName(wanted);
  const encoding = { name: found, guessed: wanted === undefined, mixed: false, unfit: false };
  return { bytes: withoutMark(recoded(bytes, encoding)), encoding };
}

const LATIN = "windows-1252";

/** An encoding's name for people: UTF-8, UTF-16LE, windows-1252. Text that is all ASCII is UTF-8 too. */
export const encodingText = ({ name }: Encoding): string =>
  name === "ascii" ? "UTF-8" : name.startsWith("utf") ? name.toUpperCase() : name;

function sniff(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  const zeros = [0, 0];
  head.forEach((byte, at) => byte === 0 && zeros[at % 2]!++);
  // Of Latin text in UTF-16 every other byte is zero.
  if (zeros[1]! > head.length / 5 && zeros[0]! < zeros[1]! / 4) return "utf-16le";
  if (zeros[0]! > head.length / 5 && zeros[1]! < zeros[0]! / 4) return "utf-16be";
  // Of text in other letters only signs and line breaks have a zero.
  if (zeros[0]! + zeros[1]! > head.length / 50) {
    const fit = ["utf-16le", "utf-16be"].filter((name) => isText(new TextDecoder(name).decode(head)));
    if (fit.length === 1) return fit[0]!;
  }
  return declared(head) ?? "ascii";
}

/** What an XML file says of itself, where it is neither UTF-8 nor looks like it. */
function declared(head: Uint8Array): string | undefined {
  const said = /^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(WINDOWS_1252.decode(head.subarray(0, 200)))
    ?.[1];
  if (said === undefined || /^utf/i.test(said) || (!isAscii(head) && looksLikeUtf8(head))) return undefined;
  try {
    return encodingName(said);
  } catch {
    return undefined;
  }
}

/** Whether a text has lines, and no sign that no text has. Its last sign may be cut. */
const isText = (text: string): boolean => text.includes("\n") && !/[^\P{C}\t\r\n]/u.test(text.replace(/\ufffd$/, ""));

async function* recoded(source: Bytes, encoding: Encoding): AsyncGenerator<Uint8Array> {
  let left: Uint8Array = new Uint8Array();
  const decoder = /^(ascii|utf-8|utf-16|windows-1252)/.test(encoding.name) ? undefined : new TextDecoder(encoding.name);
  for await (const chunk of source) {
    const bytes = left.length === 0 ? chunk : joined([left, chunk]);
    left = new Uint8Array();
    if (encoding.name === "ascii" && !isAscii(bytes)) encoding.name = looksLikeUtf8(bytes) ? "utf-8" : latinOf(bytes);
    if (decoder !== undefined) {
      yield Buffer.from(marked(decoder.decode(bytes, { stream: true }), encoding));
      continue;
    }
    const whole = wholePart(bytes, encoding);
    left = bytes.subarray(whole);
    if (whole > 0) yield recode(bytes.subarray(0, whole), encoding);
  }
  if (decoder !== undefined) yield Buffer.from(marked(decoder.decode(), encoding));
  else if (left.length > 0) yield recode(left, encoding);
  if (encoding.name === "ascii") encoding.name = "utf-8";
}

/** The length of the bytes that can be decoded now. It cuts no character in two, nor a line that is still undecided. */
function wholePart(bytes: Uint8Array, { name, guessed }: Encoding): number {
  if (name.startsWith("utf-16")) return bytes.length - bytes.length % 2;
  if (name === LATIN) return guessed ? bytes.lastIndexOf(0x0a) + 1 : bytes.length;
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function recode(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding.name === "utf-16le") return utf16(bytes, encoding);
  if (encoding.name === "utf-16be") return utf16(swapped(bytes), encoding);
  if (isAscii(bytes)) return bytes;
  if (encoding.name !== LATIN) {
    if (isUtf8(bytes)) return bytes;
    encoding.unfit = true;
    return Buffer.from(escaped(bytes));
  }
  if (!encoding.guessed) return Buffer.from(latin(bytes, encoding));
  return Buffer.from(
    lines(bytes).map((line) => {
      if (isAscii(line) || !isUtf8(line)) return latin(line, encoding);
      // A file made of several files may have lines in UTF-8 among lines in another encoding.
      encoding.mixed = true;
      return Buffer.from(line).toString();
    }).join(""),
  );
}

function utf16(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  const text = Buffer.from(bytes).toString("utf16le");
  if (text.isWellFormed() && bytes.length % 2 === 0) return Buffer.from(text);
  encoding.unfit = true;
  return Buffer.from(text.replace(LONE_SURROGATE, BAD) + (bytes.length % 2 === 0 ? "" : BAD));
}
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A byte that fits nothing stands in the text as the character that many code points after this one, in a private plane. */
const BAD_BYTE = 0x10fe00;
const BAD = String.fromCodePoint(BAD_BYTE + 0xff);
const BAD_BYTES = /[\u{10fe80}-\u{10feff}]/gu;

/** The bytes of a text that fitted nothing, as they are written: `0xE4`. Undefined where there are none. */
export function badBytes(text: string): string | undefined {
  if (!text.includes("\udbff")) return undefined;
  const found = text.match(BAD_BYTES);
  return found === null
    ? undefined
    : found.slice(0, 3).map((sign) => `0x${(sign.codePointAt(0)! - BAD_BYTE).toString(16).toUpperCase()}`).join(" ");
}

/** A text as bytes, those that fitted nothing as they were. */
export function originalBytes(text: string): Uint8Array {
  if (!text.includes("\udbff")) return Buffer.from(text);
  return joined(
    text.split(/([\u{10fe80}-\u{10feff}])/u).map((part) => {
      const point = part.codePointAt(0) ?? 0;
      return point >= BAD_BYTE + 0x80 && point <= BAD_BYTE + 0xff ? Uint8Array.of(point - BAD_BYTE) : Buffer.from(part);
    }),
  );
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WINDOWS_1252 = new TextDecoder(LATIN);
/** Bytes that windows-1252 has no character for. */
const NO_LATIN = /[\u0081\u008d\u008f\u0090\u009d]/g;

const latin = (bytes: Uint8Array, encoding: Encoding): string =>
  WINDOWS_1252.decode(bytes).replace(NO_LATIN, (sign) => {
    encoding.unfit = true;
    return String.fromCodePoint(BAD_BYTE + sign.charCodeAt(0));
  });

function marked(text: string, encoding: Encoding): string {
  if (!text.includes("\ufffd")) return text;
  encoding.unfit = true;
  return text.replaceAll("\ufffd", BAD);
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    UTF_8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

const sequenceLength = (lead: number): number => lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;

/** The length of the UTF-8 sequence there; 0 where there is none. */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const length = sequenceLength(bytes[at]!);
  return (length > 1 || bytes[at]! < 0x80) && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))
    ? length
    : 0;
}

/** Whether more of what is not ASCII fits UTF-8 than does not. */
function looksLikeUtf8(bytes: Uint8Array): boolean {
  const whole = bytes.subarray(0, wholePart(bytes, { name: "utf-8", guessed: true, mixed: false, unfit: false }));
  if (isUtf8(whole)) return true;
  let [fit, unfit] = [0, 0];
  for (let at = 0; at < whole.length; at++) {
    if (whole[at]! < 0x80) continue;
    const length = sequenceAt(whole, at);
    if (length === 0) unfit++;
    else {
      fit++;
      at += length - 1;
    }
  }
  return fit > unfit;
}

/** So many letters say which they are; of Latin ones most are ASCII. */
const ENOUGH_LETTERS = 16;

/** What a file is taken for that is in no Unicode. Throws where it is in other letters, which would all be wrong. */
function latinOf(bytes: Uint8Array): string {
  let [plain, other] = [0, 0];
  for (const line of lines(bytes)) {
    if (isAscii(line) || isUtf8(line)) continue;
    for (const byte of line) {
      if (byte >= 0x80) other++;
      else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) plain++;
    }
  }
  if (other >= ENOUGH_LETTERS && other >= plain) {
    throw new Error(
      "the file is no text, or neither in Unicode nor in Latin letters: then say its encoding, such as windows-1251, shift_jis or gb18030",
    );
  }
  const text = WINDOWS_1252.decode(bytes);
  if (hasSignsInWords(text) || (text.match(NONE_IN_WORDS)?.length ?? 0) > 1) {
    throw new Error(
      "the file is not in Unicode, and would have signs within its words in windows-1252: say its encoding, such as windows-1250",
    );
  }
  return LATIN;
}

/** Bytes that windows-1252 has no character for, within words: letters of windows-1250 and others. */
const NONE_IN_WORDS = /\p{L}[\u0081\u008d\u008f\u0090\u009d]|[\u0081\u008d\u008f\u0090\u009d]\p{L}/gu;

/** Signs of windows-1252 that are Polish letters in windows-1250, within words: `ga³¹Ÿ`. Some programs write `¿` for an apostrophe. */
function hasSignsInWords(text: string): boolean {
  const signs = text.match(/\p{Ll}[³¹¿¼¾£¥¯]+\p{L}/gu) ?? [];
  const letters = text.match(/[\u00c0-\u00ff]/g)?.length ?? 0;
  return signs.length >= 3 && 3 * signs.length > letters && signs.some((sign) => /[^\p{L}¿]/u.test(sign));
}

function escaped(bytes: Uint8Array): string {
  const parts: string[] = [];
  let good = 0;
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]! < 0x80 ? 1 : sequenceAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(UTF_8.decode(bytes.subarray(good, at)), String.fromCodePoint(BAD_BYTE + bytes[at]!));
    good = ++at;
  }
  return parts.join("") + UTF_8.decode(bytes.subarray(good));
}

function lines(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const next = end === -1 ? bytes.length : end + 1;
    found.push(bytes.subarray(from, next));
    from = next;
  }
  return found;
}

function swapped(bytes: Uint8Array): Uint8Array {
  const even = Buffer.from(bytes.subarray(0, bytes.length - bytes.length % 2));
  return joined([even.swap16(), bytes.subarray(even.length)]);
}

async function* withoutMark(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of bytes) {
    const marked = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    first = false;
    yield marked ? chunk.subarray(3) : chunk;
  }
}
