import { BOOK_LIMITS } from "@/domain/catalog/book.ts";
import { cut } from "@/domain/text.ts";
import { lineOf, listIn, textsOf } from "./cells.ts";
import { withoutIsbd } from "./isbd.ts";
import { roleBehind } from "./person_roles.ts";

/** What separates the names in a column; `inverted`: names are written "Last, First"; `isbd`: with a library's marks behind them. */
export type NameStyle = { separator: string | RegExp | undefined; inverted: boolean; isbd?: boolean };
/** `role`: undefined for an author. */
export type Person = { name: string; role: string | undefined };

/** Longer text has too many names for a book, or one that is too long. What reads names takes the square of its length. */
const MOST_CHARACTERS = 2 * BOOK_LIMITS.authors * BOOK_LIMITS.author;

const STRONG = /\s*[;|]\s*/;
const AMPERSAND = /\s+&\s+/;
/** Stands between names only, whatever else separates those of a column. */
const SLASH = /\s+[/+]\s+/;
const AND = /\s+(?:and|und|et|y|e|&|\+|\/)\s+/;
/** `et al.` and the like behind names, which is nobody's. */
const OTHERS = /[\s,;]*(?<!\S)[([]?(?:et\.? al\b|u\. ?a\.|(?:and others|et autres|y otros)$)\.?[)\]]?$/i;
const MOST_OTHERS = 40;
/** `-`, `?`, `--` stand for nobody. */
const NOBODY = /^[^\p{L}\p{N}]{1,3}$/u;
const SUFFIX = /^(jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq|dr|prof)\.?$/i;
/** Years of life and what stands before them: `1812-1870`, `1950-`, `b. 1950`, `active 1600`. */
const LIFE =
  /(?:,\s*|\s*\()(?:b\.|d\.|ca\.?|fl\.|active|born|died)?\s*\d{3,4}\??\s*(?:[-–]\s*(?:ca\.?\s*)?(?:\d{3,4}\??)?)?\)?[,.]?\s*$/i;
const INITIALS = /^(?:\p{Lu}\.?[\s-]?){1,4}$/u;

const words = (name: string): number => name.trim().split(/\s+/).length;
/** A lone word, or words that end in an initial, are given names: `Ursula K.`. */
const isGiven = (tail: string): boolean => words(tail) === 1 || INITIALS.test(tail) || /(?:^|\s)\p{Lu}\.$/u.test(tail);

/**
 * Says of a column what separates its names, from some of its cells: `;` or `|` where any cell has one. A comma separates
 * only where what follows it is a name of its own in more cells than it is a given name.
 */
export function nameStyle(cells: string[], key: string): NameStyle {
  const inverted = key === "authorlf" || key === "primaryauthor" || key === "secondaryauthor";
  if (cells.some((cell) => STRONG.test(cell))) {
    return { separator: STRONG, inverted: inverted || isInverted(cells, STRONG) };
  }
  if (inverted) return { separator: undefined, inverted };
  if (cells.some((cell) => AMPERSAND.test(cell)) && !cells.some((cell) => /,.*,/.test(cell.replace(LIFE, "")))) {
    return { separator: AMPERSAND, inverted: isInverted(cells, AMPERSAND) };
  }
  return isInverted(cells, AMPERSAND)
    ? { separator: AMPERSAND, inverted: true }
    : { separator: /,\s*(?:and\s+|&\s+)?/, inverted: false };
}

function isInverted(cells: string[], separator: RegExp): boolean {
  let [given, own] = [0, 0];
  for (const cell of cells.flatMap((text) => text.split(separator)).flatMap((text) => text.split(AND))) {
    const [head = "", ...tails] = withoutFullForm(withoutLife(roleBehind(cell).name)).split(",").map((part) =>
      part.trim()
    )
      .filter((part) => part !== "" && !SUFFIX.test(part));
    if (tails.length === 0) continue;
    if (tails.length === 1 && (isGiven(tails[0]!) || words(head) === 1)) given++;
    else own++;
  }
  return given > own;
}

/** Goodreads has several blanks within names. Long runs would take quadratic time. */
export const withoutRuns = (text: string): string => text.replace(/\s{2,}/g, " ");

/** The lines of a cell that may have a name each: two words or more. Any other cell is one. The end of a very long one is left out. */
export function nameLines(found: string): string[] {
  const value = cut(found, MOST_CHARACTERS);
  const lines = value.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines.length > 1 && lines.every((line) => words(line) > 1) ? lines : [value];
}

/** The persons in a value: items of a list are names as they are, a text is split as its column wants. */
export function personsOf(value: unknown, style: NameStyle): Person[] {
  if (typeof value !== "string") {
    return Array.isArray(value) && value.some((one) => typeof one === "string" && STRONG.test(one))
      ? value.flatMap((one) => personsOf(one, style))
      : authorsOf(textsOf(value).map(lineOf).map(withoutLife));
  }
  const listed = listIn(value);
  if (listed !== undefined) return authorsOf(listed.map(lineOf));
  const lines = nameLines(value);
  if (lines.length > 1) return lines.flatMap((line) => personsOf(line, style));
  const text = withoutRuns(lineOf(lines[0]!));
  const parts = (style.separator === undefined ? [text] : text.split(style.separator))
    .flatMap((part) => part.split(SLASH)).map(withoutOthers);
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const belongs = last !== undefined &&
      (SUFFIX.test(part) || (INITIALS.test(part) && words(last) === 1) || roleBehind(`${last}, ${part}`).name === last);
    if (belongs) joined[joined.length - 1] = `${last}, ${part}`;
    else joined.push(part);
  }
  return joined.flatMap(splitByAnd).map(roleBehind).map(({ name, role }) => ({ name: readName(name, style), role }))
    .filter(({ name }) => name !== "" && !NOBODY.test(name));
}

/** Only the end is searched, as blanks before it take quadratic time. */
const withoutOthers = (part: string): string =>
  part.slice(0, -MOST_OTHERS) + part.slice(-MOST_OTHERS).replace(OTHERS, "");

const authorsOf = (names: string[]): Person[] =>
  names.filter((name) => name !== "").map((name) => ({ name, role: undefined }));

function readName(found: string, { inverted, isbd }: NameStyle): string {
  const bare = withoutLife(isbd ? withoutIsbd(found) : found);
  const name = bare.replace(/^\[([^[\]]+)\]$/, "$1").replace(/^by (?=\p{Lu})/iu, "");
  if (inverted) return naturalName(withoutFullForm(name));
  return INITIALS.test(name.split(", ")[1] ?? "") ? naturalName(name) : name;
}

/** "Terry Pratchett and Neil Gaiman" are two, where each has a name of two words, and all are turned round or none is. */
function splitByAnd(name: string): string[] {
  const parts = name.split(AND);
  const turned = parts.filter((part) => part.includes(",")).length;
  return parts.length > 1 && (turned === 0 || turned === parts.length) &&
      parts.every((part) => words(part) >= 2 && words(part) <= 4 && /^\p{Lu}/u.test(part))
    ? parts
    : [name];
}

/** Without the full form of initials in a heading: `Tolkien, J. R. R. (John Ronald Reuel)`. */
function withoutFullForm(name: string): string {
  const at = name.endsWith(")") ? name.lastIndexOf("(") : -1;
  return at > 0 && name.slice(0, at).includes(",") && name.indexOf(")", at) === name.length - 1
    ? name.slice(0, at).trimEnd()
    : name;
}

const withoutLife = (name: string): string => {
  const bare = name.replace(LIFE, "").replace(/,\s*$/, "").trim();
  return bare === "" ? name.trim() : bare;
};

/** "Tolkien, J. R. R." → "J. R. R. Tolkien"; "King, Martin Luther, Jr." → "Martin Luther King, Jr.". Other forms stay as they are. */
export function naturalName(name: string): string {
  const [last, given, suffix, ...more] = name.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (last === undefined || given === undefined || more.length > 0 || SUFFIX.test(given)) return name;
  if (suffix === undefined) return `${given} ${last}`;
  return SUFFIX.test(suffix) ? `${given} ${last}, ${suffix}` : name;
}
