import { faultText } from "@/domain/rejection.ts";
import { isbn13Of } from "@/domain/text.ts";
import { defined } from "@/application/defined.ts";
import type { BookDetails } from "@/domain/catalog/book.ts";
import { LANGUAGE } from "./language_codes.ts";
import { usableDetails } from "./usable_details.ts";

/** A row of a file: column names to values; lists only from JSON. */
export type ImportRow = Record<string, unknown>;
export type ReadRow = { ok: true; id: string; details: BookDetails; warnings: string[] } | {
  ok: false;
  reason: string;
};

type Field = "id" | "title" | "authors" | "year" | "language" | "isbn13" | "subjects" | "description" | "popularity";

/** Columns that hold a field, in order of preference. */
const COLUMNS: Record<Field, string[]> = {
  id: ["id", "book_id"],
  title: ["title", "original_title"],
  authors: ["authors", "author"],
  year: ["year", "original_publication_year", "publication_year", "year_of_publication"],
  language: ["language", "language_code"],
  isbn13: ["isbn13", "isbn"],
  subjects: ["subjects", "genres", "categories"],
  description: ["description"],
  popularity: ["popularity", "ratings_count"],
};
export const FIELDS = Object.keys(COLUMNS) as Field[];

/**
 * Reads a row by its column names; `map` names the column of a field where it has another name. Without id or title the
 * row is refused; an optional field that cannot be used is a warning and left out.
 */
export function readRow(row: ImportRow, map: Partial<Record<Field, string>> = {}): ReadRow {
  const columns = new Map(Object.entries(row).map(([name, value]) => [name.trim().toLowerCase(), value]));
  const values = (field: Field): unknown[] =>
    (map[field] === undefined ? COLUMNS[field] : [map[field].trim().toLowerCase()])
      .map((name) => columns.get(name))
      .filter((value) => value !== undefined && value !== null && String(value).trim() !== "");
  const text = (field: Field): string | undefined => values(field).map((value) => String(value).trim())[0];
  /** The text of one line that a cell holds; line breaks in it are those of the file. */
  const line = (field: Field): string | undefined => text(field)?.replace(LAYOUT, " ");

  const [id, title] = [text("id"), line("title")];
  if (id === undefined) return { ok: false, reason: "no id" };
  if (title === undefined) return { ok: false, reason: "no title" };
  const warnings: string[] = [];
  const warn = (field: Field, found: unknown) =>
    void warnings.push(`${field}: ${JSON.stringify(String(found).slice(0, 80))} cannot be used`);

  const details: BookDetails = {
    title,
    authors: list(values("authors")[0]),
    subjects: list(values("subjects")[0]),
    popularity: wholeNumber(text("popularity")) ?? 0,
    ...defined({
      year: year(text("year"), warn),
      language: language(text("language"), warn),
      isbn13: isbn(values("isbn13").map(String), warn),
      description: text("description"),
    }),
  };
  const { details: usable, left, broken } = usableDetails(id, details);
  if (broken.length > 0) return { ok: false, reason: faultText(broken) };
  return { ok: true, id, details: usable, warnings: [...warnings, ...left.map((fault) => faultText([fault]))] };
}

/** Tabs and line breaks, which are the layout of a file and not of a title. */
const LAYOUT = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

type Warn = (field: Field, found: unknown) => void;

/** `1965`, `1965.0`, `-750`; year 0 stands for unknown in many files. */
function year(found: string | undefined, warn: Warn): number | undefined {
  if (found === undefined) return undefined;
  const value = wholeNumber(found, true);
  if (value !== undefined && value !== 0 && Math.abs(value) < 3000) return value;
  return void warn("year", found);
}

function wholeNumber(found: string | undefined, signed = false): number | undefined {
  if (found === undefined || !/^-?\d+(\.0+)?$/.test(found)) return undefined;
  const value = Number(found);
  return Number.isSafeInteger(value) && (signed || value >= 0) ? value : undefined;
}

function language(found: string | undefined, warn: Warn): string | undefined {
  if (found === undefined) return undefined;
  const code = found.toLowerCase().replace("_", "-");
  if (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(code)) return LANGUAGE[code] ?? code;
  return void warn("language", found);
}

/** The first column with a valid ISBN. Lost leading zeros are restored; `9.78043902348e+12` of a spreadsheet is not valid. */
function isbn(found: string[], warn: Warn): string | undefined {
  for (const text of found) {
    const isbn13 = isbn13Of(text) ?? isbn13Of(text.padStart(10, "0"));
    if (isbn13 !== undefined) return isbn13;
  }
  return found.length === 0 ? undefined : void warn("isbn13", found[0]);
}

const SUFFIX = /^(jr|sr|ii|iii|iv|ph\.?d|m\.?d)\.?$/i;

/** A JSON list, or names with `;` or `|` between them, or with `, ` where there is neither. */
function list(found: unknown): string[] {
  const tidy = (value: unknown) => String(value).replace(LAYOUT, " ").trim();
  if (Array.isArray(found)) return found.map(tidy).filter((value) => value !== "");
  if (found === undefined) return [];
  const text = tidy(found);
  const names = text.split(/[;|]/.test(text) ? /[;|]/ : ",").map((name) => name.trim()).filter((name) => name !== "");
  return names.reduce<string[]>((all, name) => {
    const last = all.at(-1);
    return last !== undefined && SUFFIX.test(name) ? [...all.slice(0, -1), `${last}, ${name}`] : [...all, name];
  }, []);
}
