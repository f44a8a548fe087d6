import type { Book } from "@/domain/catalog/book.ts";
import { plain } from "@/adapters/files/plain_book.ts";

const FIELD_END = "\x1e";
/** ISO 2709 has four digits for a field's length. */
const MAX_FIELD_BYTES = 9_900;
const MAX_RECORD_BYTES = 99_999;

type Field = [tag: string, text: string];

/**
 * A book as a MARC 21 record in UTF-8. What MARC has no exact place for (popularity, names as they are spelled here, parts of long texts) stands
 * in a local field (887, "data not in MARC form") as JSON, from which an import reads the book back as it was. Throws for a book that is too
 * large for a record.
 */
export function marcOf(book: Book): Uint8Array {
  const json = JSON.stringify(plain(book));
  const parts = json.match(/[\s\S]{1,2400}/gu) ?? [];
  const fields: Field[] = [
    ["001", book.id],
    ["008", fixedOf(book)],
    ...(book.isbn13 === undefined ? [] : [["020", `  \x1fa${book.isbn13}`] as Field]),
    ...book.authors.slice(0, 1).map((name): Field => ["100", `0 \x1fa${name}`]),
    ...(book.original_title === undefined ? [] : [["240", `10\x1fa${book.original_title}`] as Field]),
    ["245", `10\x1fa${book.title}${book.subtitle === undefined ? "" : ` :\x1fb${book.subtitle}`}`],
    ...(book.series === undefined ? [] : [
      [
        "490",
        `0 \x1fa${book.series}${book.series_number === undefined ? "" : ` ;\x1fv${book.series_number}`}`,
      ] as Field,
    ]),
    ...book.subjects.map((subject): Field => ["653", `  \x1fa${subject}`]),
    ...book.authors.slice(1).map((name): Field => ["700", `0 \x1fa${name}`]),
    ...(book.contributors ?? []).map(({ name, role }): Field => ["700", `0 \x1fa${name}\x1fe${role}`]),
    ...parts.map((part, at): Field => ["887", `  \x1fa${at === 0 ? "" : "+"}${part}\x1f2bookstream`]),
  ];
  return recordOf(book.id, fields);
}

/** Field 008: the year stands at 7 to 10, the language at 35 to 37. */
function fixedOf({ year, language = "und" }: Book): string {
  const date = year !== undefined && year > 0 ? String(year).padStart(4, "0") : "uuuu";
  return `${" ".repeat(6)}s${date}    xx`.padEnd(35) + language.slice(0, 3).padEnd(3) + "  ";
}

function recordOf(id: string, fields: Field[]): Uint8Array {
  const bodies = fields.map(([, text]) => Buffer.from(text + FIELD_END));
  const tooLong = bodies.find(({ length }) => length > MAX_FIELD_BYTES);
  let at = 0;
  const directory = fields.map(([tag], index) => {
    const { length } = bodies[index]!;
    const entry = tag + String(length).padStart(4, "0") + String(at).padStart(5, "0");
    at += length;
    return entry;
  }).join("") + FIELD_END;
  const base = 24 + directory.length;
  const length = base + at + 1;
  if (tooLong !== undefined || length > MAX_RECORD_BYTES) {
    throw new Error(`the book ${id} is too large for a MARC 21 record: export it as CSV or JSON Lines`);
  }
  const leader = `${String(length).padStart(5, "0")}nam a22${String(base).padStart(5, "0")} a 4500`;
  return Buffer.concat([Buffer.from(leader + directory), ...bodies, Buffer.from("\x1d")]);
}
