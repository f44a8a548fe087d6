import { isDeeper } from "@/application/shared/text/json_fault.ts";

/** Values of a file's cells as texts. */

const MARKUP: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  ndash: "–",
  mdash: "—",
  hellip: "…",
};
const QUOTES: Record<string, string> = {
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  OElig: "Œ",
  oelig: "œ",
  Scaron: "Š",
  scaron: "š",
  sbquo: "‚",
  bdquo: "„",
  lsaquo: "‹",
  rsaquo: "›",
  bull: "•",
  dagger: "†",
  euro: "€",
  trade: "™",
  rarr: "→",
  minus: "−",
  infin: "∞",
  ensp: "\u2002",
  emsp: "\u2003",
  thinsp: "\u2009",
};
/** HTML's names of U+03B1 to U+03C9; of capital letters they begin with one. */
const GREEK =
  ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi " +
    "psi omega").split(" ");
const capital = (name: string): string => name[0]!.toUpperCase() + name.slice(1);
/** HTML's names of U+00A0 to U+00FF, in order. */
const LATIN_1 =
  ("nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute " +
    "micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil " +
    "Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute " +
    "Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute " +
    "icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml")
    .split(" ");
const NAMED = new Map([
  ...Object.entries(MARKUP),
  ...Object.entries(QUOTES),
  ...LATIN_1.map((name, at): [string, string] => [name, String.fromCharCode(0xa0 + at)]),
  ...GREEK.map((name, at): [string, string] => [name, String.fromCharCode(0x3b1 + at)]),
  ...GREEK.map((name, at): [string, string] => [capital(name), String.fromCharCode(0x391 + at)]),
]);
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}\d{0,2}));/gi;

/** A text with the signs that HTML's entities stand for. */
function withoutEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED.get(name) ?? NAMED.get(name.toLowerCase()) ?? whole;
    const point = decimal === undefined ? parseInt(hex!, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : whole;
  });
}

/** The text of HTML, with a line for each paragraph. */
export function withoutMarkup(text: string): string {
  if (!/<\/?[a-z][^<>]*>/i.test(text)) return withoutEntities(text);
  const lines = text.replace(/<br\s*\/?>|<\/(p|div|li|h\d)>/gi, "\n").replace(/<\/?[a-z][^<>]*>/gi, "");
  return withoutEntities(lines).replace(/(?<![ \t])[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n");
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** The signs of windows-1252 for the bytes 0x80 to 0x9f; those that it has none for stand for themselves. */
const WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";
const BYTES = new Map(Array.from(WINDOWS, (sign, at) => [sign, 0x80 + at]));
/** The first two bytes of a character in UTF-8 that were taken for signs of windows-1252, or a sign that no text has. */
const TWICE = new RegExp(`[\u00c2-\u00f4][\\u0080-\\u00bf${WINDOWS}]|[\\u0080-\\u009f]`);

/** UTF-8 that was taken for Latin-1 or windows-1252, as often as it was; other text as it is. */
export function decodedAgain(text: string): string {
  if (!TWICE.test(text)) return text;
  const codes = Array.from(text, (sign) => BYTES.get(sign) ?? sign.codePointAt(0)!);
  if (codes.some((code) => code > 0xff)) return text;
  try {
    return decodedAgain(UTF_8.decode(Uint8Array.from(codes)));
  } catch {
    return text;
  }
}

/** Tabs and line breaks, which are the layout of a file and not of a title. */
const LAYOUT = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** A cell as a text of one line: `="0306406152"` of a spreadsheet without its shell, entities as signs. */
export function lineOf(value: string): string {
  const shell = /^="(.*)"$/s.exec(value.trim());
  return withoutEntities(shell?.[1] ?? value).replace(LAYOUT, " ").trim();
}

/** The texts in a value of JSON: itself, what it wraps (`{value}`, `{name}`, `{key}`, …), or those of a list. A key is given as it is. */
export function textsOf(value: unknown): string[] {
  if (value === null || value === undefined || typeof value === "boolean") return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object") return String(value).trim() === "" ? [] : [String(value)];
  const parts = value as Record<string, unknown>;
  const held = WRAPPED.find((name) => parts[name] !== undefined && parts[name] !== null);
  if (held !== undefined) return textsOf(parts[held]);
  // LibraryThing numbers the values of a list.
  if (Object.keys(parts).every((key) => /^\d+$/.test(key))) return Object.values(parts).flatMap(textsOf);
  const named = [GIVEN, FAMILY].map((names) =>
    names.map((name) => parts[name]).find((part) => typeof part === "string")
  )
    .filter((part) => part !== undefined);
  return named.length > 0 ? [named.join(" ")] : [];
}
const WRAPPED = [
  ...["value", "name", "title", "label", "text", "author", "fl", "lf", "key", "identifier", "date-parts"],
  // Values of MongoDB's exports.
  ...["$oid", "$date", "$numberInt", "$numberLong"],
];
const GIVEN = ["firstName", "first_name", "first", "given"];
const FAMILY = ["lastName", "last_name", "last", "family"];

const MOST_LEVELS = 20;

/** The items of a list that stands in a cell as JSON or as Python writes it: `['a', "b"]`. */
export function listIn(text: string): string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[") || !trimmed.endsWith("]") || isDeeper(trimmed, MOST_LEVELS)) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    if (Array.isArray(value)) return textsOf(value);
  } catch {
    const quoted = [...trimmed.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)];
    if (quoted.length > 0) return quoted.map((match) => (match[1] ?? match[2]!).replace(/\\(.)/g, "$1"));
  }
  return undefined;
}

/** A text cut to `most` characters, between words where possible. */
export function cutAtWord(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = Array.from(text).slice(0, most).join("");
  if (start.length === text.length) return text;
  const space = start.search(/\s\S*$/u);
  return (space > most / 2 ? start.slice(0, space) : start).trim();
}
