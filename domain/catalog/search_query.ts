import { isbn13Of, normalForm, readWords } from "@/domain/text.ts";

/** Where a word is looked for; without a field everywhere. */
export type SearchField = "title" | "author" | "subject" | "isbn";

/** A word that is searched for. `prefix`: it may be the beginning of a longer one. */
export type QueryWord = { text: string; field?: SearchField; prefix: boolean; quoted: boolean };

/** What somebody has typed, read: words, phrases in quotes, and what must not be there. */
export type SearchQuery = {
  words: QueryWord[];
  phrases: { text: string; field?: SearchField }[];
  without: { text: string; field?: SearchField }[];
  /** The normal form of all that is searched for, to compare with titles. Empty where fields are named. */
  text: string;
  isbn13?: string;
};

/** Words that are looked at; the rest is ignored, as in Meilisearch. */
const MAX_WORDS = 12;
const FIELDS: Record<string, SearchField> = { title: "title", author: "author", subject: "subject", isbn: "isbn" };
/** A minus, a field, and a phrase in quotes or what stands up to the next space. */
const PART =
  /(?<minus>(?<=^|\s)[-\u2212](?=["\p{L}\p{N}][^\s\u002d]*(?:\s|$)))?(?:(?<field>title|author|subject|isbn):)?(?:["“„](?<quoted>[^"”“]*)["”“]?|(?<plain>[^\s"“„]+))/giu;

type Part = { minus: boolean; field?: SearchField; quoted: boolean; text: string };

/** Reads a query. Nothing that is typed is an error: what is no operator is a word. */
export function readQuery(typed: string): SearchQuery {
  const isbn13 = isbn13Of(typed.replace(/^\s*isbn(?:-1[03])?[:\s]*/i, ""));
  if (isbn13 !== undefined) {
    return { words: [wordOf(isbn13)], phrases: [], without: [], text: "", isbn13 };
  }
  const parts = partsOf(typed);
  const wanted = parts.filter(({ minus }) => !minus);
  // With nothing but minus signs there is nothing to leave something out of.
  const asked = wanted.some(({ text }) => normalForm(text) !== "") ? wanted : parts;
  const words = asked.flatMap(wordsOf).slice(0, MAX_WORDS);
  const last = words.at(-1);
  if (last !== undefined && !last.quoted) last.prefix = true;
  return {
    words: words.filter(({ text, field }, at) =>
      words.findIndex((one) => one.text === text && one.field === field) === at
    ),
    phrases: asked.filter(({ quoted, text }) => quoted && readWords(text).words.length > 1).map(({ text, field }) => ({
      text: readWords(text).words.join(" "),
      ...(field === undefined ? {} : { field }),
    })),
    without: asked === parts
      ? []
      : parts.filter(({ minus }) => minus).flatMap(({ text, field }) =>
        readWords(text).words.map((word) => ({ text: word, ...(field === undefined ? {} : { field }) }))
      ),
    text: asked.some(({ field }) => field !== undefined) ? "" : normalForm(asked.map(({ text }) => text).join(" ")),
  };
}

function partsOf(typed: string): Part[] {
  return [...typed.matchAll(PART)].map(({ groups = {} }) => {
    const { minus, field, quoted, plain = "" } = groups;
    return {
      minus: minus !== undefined,
      quoted: quoted !== undefined,
      text: quoted ?? plain,
      ...(field === undefined ? {} : { field: FIELDS[field.toLowerCase()]! }),
    };
  });
}

const wordOf = (text: string): QueryWord => ({ text, prefix: false, quoted: false });

/** The words of a part. An ISBN between other words is one word. */
function wordsOf({ text, field, quoted }: Part): QueryWord[] {
  const own = { ...(field === undefined ? {} : { field }), prefix: false, quoted };
  const isbn13 = isbn13Of(text);
  if (isbn13 !== undefined) return [{ text: isbn13, ...own }];
  return readWords(text).words.map((word) => ({ text: word, ...own }));
}
