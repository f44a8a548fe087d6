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
const SUFFIX = /^(jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq)\.?$/i;
/** Years of life and what stands before them: `1812-1870`, `1950-`, `b. 1950`, `active 1600`. */
const LIFE =
  /(?:,\s*|\s*\()(?:b\.|d\.|ca\.?|fl\.|active|born|died)?\s*\d{3,4}\??\s*(?:[-–]\s*(?:ca\.?\s*)?(?:\d{3,4}\??)?)?\)?[,.]?\s*$/i;
/** The full form of initials in a heading: `Tolkien, J. R. R. (John Ronald Reuel)`. */
const FULL_FORM = /(?<=,.*)\s*\([^()]*\)\s*$/;
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
  for (const cell of cells.flatMap((text) => text.split(separator))) {
    const [, ...tails] = withoutLife(roleBehind(cell).name).replace(FULL_FORM, "").split(",").map((part) => part.trim())
      .filter((part) => part !== "" && !SUFFIX.test(part));
    if (tails.length === 0) continue;
    if (tails.length === 1 && isGiven(tails[0]!)) given++;
    else own++;
  }
  return given > own;
}

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
  const text = lineOf(lines[0]!);
  const parts = style.separator === undefined ? [text] : text.split(style.separator);
  const joined = parts.reduce<string[]>((all, part) => {
    const last = all.at(-1);
    const belongs = last !== undefined &&
      (SUFFIX.test(part) || (INITIALS.test(part) && words(last) === 1) || roleBehind(`${last}, ${part}`).name === last);
    return belongs ? [...all.slice(0, -1), `${last}, ${part}`] : [...all, part];
  }, []);
  return joined.flatMap(splitByAnd).map(roleBehind).map(({ name, role }) => ({ name: readName(name, style), role }))
    .filter(({ name }) => name !== "");
}

const authorsOf = (names: string[]): Person[] =>
  names.filter((name) => name !== "").map((name) => ({ name, role: undefined }));

function readName(found: string, { inverted, isbd }: NameStyle): string {
  // Goodreads has several blanks within names.
  const name = withoutLife(isbd ? withoutIsbd(found) : found).replace(/\s{2,}/g, " ");
  if (inverted) return naturalName(name.replace(FULL_FORM, ""));
  return INITIALS.test(name.split(", ")[1] ?? "") ? naturalName(name) : name;
}

/** "Terry Pratchett and Neil Gaiman" are two, where each has a name of two words. */
function splitByAnd(name: string): string[] {
  const parts = name.split(/\s+(?:and|&)\s+/);
  return parts.length > 1 && parts.every((part) => words(part) >= 2 && words(part) <= 4 && /^\p{Lu}/u.test(part))
    ? parts
    : [name];
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
