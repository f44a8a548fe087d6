import { isbn13Of, joinDigitGroups, normalForm } from "@/domain/text.ts";
import { formsOf, readWords } from "@/domain/words.ts";
import { isAround, isFunctionWord } from "./function_words.ts";
import { numberForms } from "./number_words.ts";
import { kindOf } from "./part_words.ts";

/** The field that a word is searched in. A word without a field is searched in all of them. */
export type SearchField = "title" | "author" | "subject" | "isbn";

/**
 * A word of a query. `prefix`: it may be the start of a longer word. `forms`: words that match as well, such as `mueller` for
 * `müller`. `quoted`: it matches only as typed (in quotes, or a name such as `C++`). `optional`: a book may lack it, because it is
 * a function word (`little`) or a word that people add to titles (`around`).
 */
export type QueryWord = {
  text: string;
  forms: string[];
  field?: SearchField;
  prefix: boolean;
  quoted: boolean;
  optional?: "little" | "around";
};

/** A parsed query: words, quoted phrases, and excluded words (`without`). */
export type SearchQuery = {
  words: QueryWord[];
  phrases: { text: string; field?: SearchField }[];
  without: { text: string; field?: SearchField }[];
  /** The normal form of the whole query without excluded words, to compare with titles. Empty when the query names a field. */
  text: string;
  isbn13?: string;
  /** Whether a comma follows the first word, as in `Herbert, Frank`. */
  familyFirst: boolean;
  /** Whether the query ends with a space, so that its last word is complete. */
  goesOn: boolean;
};

/** The maximum number of words in a query. Further words are ignored, as in Meilisearch. */
const MAX_WORDS = 12;
const FIELDS: Record<string, SearchField> = { title: "title", author: "author", subject: "subject", isbn: "isbn" };
/** An optional minus, an optional field, and a quoted phrase or a run of characters up to the next space. */
const PART =
  /(?<minus>(?<=^|\s)[-\u2212](?=["\p{L}\p{N}][^\s\u002d]*(?:\s|$)))?(?:(?<field>title|author|subject|isbn):)?(?:["“„](?<quoted>[^"”“]*)["”“]?|(?<plain>[^\s"“„]+))/giu;

/** An SBN of nine digits, or an ISBN-10 whose leading zero was lost in a spreadsheet. */
const SHORT_ISBN = /^(?:\s*isbn(?:[\s\u002d]?10)?[\s:]*)?\s*(\d{8}[\dX])\s*$/i;

const SPACE_BEHIND = /\S\s+$/u;

const FAMILY_FIRST = /^\s*[^\s,]+,\s+[^,]+$/;

/** Decodes percent-encoded text that was pasted from a URL: `the%20raven`. Leaves invalid sequences as they are. */
function decodePercents(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (signs) => {
    try {
      return decodeURIComponent(signs);
    } catch {
      return signs;
    }
  });
}

type Part = { minus: boolean; field?: SearchField; quoted: boolean; text: string };

/** Parses a query. No input is an error: what is not an operator is a word. */
export function readQuery(pasted: string): SearchQuery {
  const typed = decodePercents(pasted);
  const isbn13 = isbn13Of(typed) ?? isbn13Of(typed.replace(SHORT_ISBN, "0$1"));
  if (isbn13 !== undefined) {
    return { words: [wordOf(isbn13)], phrases: [], without: [], text: "", isbn13, familyFirst: false, goesOn: false };
  }
  const parts = partsOf(joinDigitGroups(typed));
  const wanted = parts.filter(({ minus }) => !minus);
  // A query of excluded words only would find nothing, so its minus signs are ignored.
  const asked = wanted.some(({ text }) => normalForm(text) !== "") ? wanted : parts;
  const words = asked.flatMap(wordsOf).slice(0, MAX_WORDS);
  const last = words.at(-1);
  const goesOn = SPACE_BEHIND.test(typed);
  if (last !== undefined && !last.quoted) last.prefix = !goesOn;
  return {
    familyFirst: FAMILY_FIRST.test(typed),
    goesOn,
    words: withOptional(
      words.filter(({ text, field }, at) => words.findIndex((one) => one.text === text && one.field === field) === at),
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

/** Marks function words and words around titles as optional, unless the query has no other words. */
function withOptional(words: QueryWord[]): QueryWord[] {
  const optional = words.map(({ text, field, quoted }, at) =>
    quoted || field !== undefined
      ? undefined
      : isAround(text, at)
      ? "around"
      : isFunctionWord(text)
      ? "little"
      : undefined
  );
  if (!optional.includes(undefined)) return words;
  return words.map((word, at) => optional[at] === undefined ? word : { ...word, optional: optional[at] });
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

const wordOf = (text: string): QueryWord => ({ text, forms: [], prefix: false, quoted: false });

/** `C++`, `C#`, `.NET`: such names are matched as typed, without typo tolerance. */
const SIGN_NAME = /^(?:\p{L}+(?:\+\+|[#♯])|\.net)$/iu;

/** The words of a part of the query. An ISBN is a single word. */
function wordsOf({ text, field, quoted }: Part): QueryWord[] {
  const own = { ...(field === undefined ? {} : { field }), prefix: false, quoted };
  const isbn13 = isbn13Of(text);
  if (isbn13 !== undefined) return [{ text: isbn13, forms: [], ...own }];
  const forms = formsIn(text);
  const words = readWords(text).words.map((word) => ({ text: word, forms: forms.get(word) ?? [], ...own }));
  return SIGN_NAME.test(text) ? words.map((word) => ({ ...word, quoted: true })) : words;
}

/** The minimum length of an alternative form in letters. Shorter ones match too many books. */
const MIN_FORM = 3;

/** The alternative forms of each word of a text. */
function formsIn(text: string): Map<string, string[]> {
  const forms = new Map<string, string[]>();
  for (const chunk of text.split(/\s+/u)) {
    const { words: [word, ...more], others } = readWords(chunk);
    if (word === undefined || more.length > 0) continue;
    // A plural does not match its singular, which would add too many titles.
    const longEnough = others.filter((form) => form.length >= MIN_FORM && `${form}s` !== word);
    const own = new Set([
      ...longEnough,
      ...formsOf(word),
      ...[word, ...formsOf(word)].flatMap(numberForms),
      ...kindOf(word) ?? [],
    ]);
    own.delete(word);
    if (own.size > 0) forms.set(word, [...own]);
  }
  return forms;
}
