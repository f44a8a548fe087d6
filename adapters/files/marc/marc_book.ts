import { roleNamed } from "@/application/catalog/importing/values/person_roles.ts";
import { withoutIsbd } from "@/application/catalog/importing/values/isbd.ts";
import { naturalName } from "@/application/catalog/importing/values/person_names.ts";

/** A field of a MARC 21 record. Control fields have a value, the others subfields and indicators, of which the first is read. */
export type MarcField = { tag: string; first: string; value: string; subfields: { code: string; value: string }[] };

/** Why a record is no book of a catalogue, by its leader and fields. */
export function noBook(leader: string, fields: MarcField[]): string | undefined {
  if (leader[5] === "d") return "says that its book was deleted";
  if (leader[6] === "z") return "is an authority record, not a book";
  if (/[uvxy]/.test(leader[6] ?? "")) return "is a holdings record, not a book";
  const has = (tag: string) => fields.some((field) => field.tag === tag);
  if (has("245")) return undefined;
  if (has("200")) return "is in UNIMARC, which is not read: export it as MARC 21";
  const tags = [...new Set(fields.map(({ tag }) => tag))].slice(0, 10).join(", ");
  return `has no title: wanted field 245, found ${tags === "" ? "no fields of MARC 21" : tags}`;
}

/** What relator terms and codes say of a person who is no author. */
const ROLES: Record<string, string> = {
  trl: "translator",
  edt: "editor",
  ill: "illustrator",
  nrt: "narrator",
  aui: "introduction",
  pht: "photographer",
};

/**
 * A MARC 21 bibliographic record as columns of an import, without the punctuation that cataloguing rules put at the end of subfields.
 * Of the fields in another script (880) the title is read, as the original one. The others repeat names.
 */
export function marcBook(fields: MarcField[]): Record<string, unknown> {
  const own = ownBook(fields);
  if (own !== undefined) return own;
  const all = (...tags: string[]) => fields.filter(({ tag }) => tags.includes(tag));
  const first = (tag: string) => all(tag)[0];
  const control = (tag: string) => first(tag)?.value.trim() ?? "";
  const title = first("245");
  const number = [sub(title, "n"), sub(title, "p")].filter((part) => part !== "").join(". ");
  const series = [...all("490"), ...all("800", "810", "811", "830"), ...all("440")];
  const people = all("100", "110", "111", "700", "710", "711").filter((field) => sub(field, "t") === "");
  const isAuthor = (field: MarcField) => roleOf(field) === undefined;
  return {
    id: control("001"),
    title: [sub(title, "a"), number].filter((part) => part !== "").join(". "),
    subtitle: sub(title, "b"),
    original_title: sub(first("240"), "a") || sub(first("130"), "a") ||
      sub(all("880").find((field) => sub(field, "6").startsWith("245")), "a"),
    authors: people.filter(isAuthor).map(nameOf),
    contributors: people.filter((field) => !isAuthor(field)).map((field) => ({
      name: nameOf(field),
      role: roleOf(field),
    })),
    year: yearOf(control("008"), [...all("264"), ...all("260")]),
    language: languageOf(control("008")) || sub(first("041"), "a").replace(RUN_OF_CODES, "$1"),
    isbn13: all("020").map((field) => sub(field, "a")).filter((isbn) => isbn !== ""),
    series: sub(series[0], "a") || sub(series[0], "t"),
    series_number: sub(series[0], "v"),
    subjects: [...new Set(all("600", "610", "611", "630", "650", "651", "653", "655").map(headingOf))],
    description: all("520").map((field) => sub(field, "a", false)).join("\n"),
  };
}

function sub(field: MarcField | undefined, wanted: string, tidied = true): string {
  const value = field?.subfields.find(({ code }) => code === wanted)?.value.normalize("NFC").trim() ?? "";
  return tidied ? withoutIsbd(value) : value;
}

/** A person's name in natural order. With `0` as indicator it is a forename, as of a king. */
function nameOf(field: MarcField): string {
  const isPerson = field.tag.endsWith("00");
  const name = sub(field, "a");
  const parts = isPerson ? [field.first === "0" ? name : naturalName(name), sub(field, "b")] : [name, sub(field, "b")];
  return parts.filter((part) => part !== "").join(" ");
}

function roleOf(field: MarcField): string | undefined {
  const codes = field.subfields.filter(({ code }) => code === "4" || code === "e").map(({ value }) =>
    withoutIsbd(value).toLowerCase().replace(/^.*\//, "")
  );
  if (codes.length === 0 || codes.some((code) => /^(aut|cre|author|creator)/.test(code))) return undefined;
  return ROLES[codes[0]!] ?? roleNamed(codes[0]!) ?? codes[0]!;
}

const headingOf = (field: MarcField): string =>
  [
    sub(field, "a"),
    ...field.subfields.filter(({ code }) => "xyzv".includes(code)).map(({ value }) => withoutIsbd(value.trim())),
  ]
    .join(" -- ");

/** Old records write several codes of languages as one. */
const RUN_OF_CODES = /^([a-z]{3})(?:[a-z]{3})+$/;

const languageOf = (fixed: string): string =>
  /^[a-z]{3}$/.exec(fixed.slice(35, 38))?.[0]?.replace(/^(und|mul|zxx|xxx)$/, "") ?? "";

function yearOf(fixed: string, published: MarcField[]): string {
  return /^.{7}(\d{4})/.exec(fixed)?.[1] ??
    published.map((field) => /\d{4}/.exec(sub(field, "c"))?.[0]).find((year) => year !== undefined) ?? "";
}

/** The book that an export of ours has put into the record. */
function ownBook(fields: MarcField[]): Record<string, unknown> | undefined {
  const parts = fields.filter((field) => field.tag === "887" && sub(field, "2", false) === "bookstream");
  if (parts.length === 0) return undefined;
  const text = parts.map(({ subfields }, at) =>
    subfields.find(({ code }) => code === "a")!.value.slice(at === 0 ? 0 : 1)
  ).join("");
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
