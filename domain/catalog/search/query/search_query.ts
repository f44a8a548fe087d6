import { isbn13Of, joinDigitGroups, normalForm } from "@/domain/text.ts";
import { formsOf, readWords } from "@/domain/words.ts";
import { isAround, isFunctionWord } from "./function_words.ts";
import { numberForms } from "./number_words.ts";
import { kindOf } from "./part_words.ts";

/** Where a word is looked for; without a field everywhere. */
export type SearchField = "title" | "author" | "subject" | "isbn";

/**
 * A word that is searched for. `prefix`: it may be the beginning of a longer one. `forms`: other words that stand for it, such as
 * `mueller` for `müller`. `quoted`: it stands as typed, in quotes or as a name with signs. `optional`: a book may lack it, as it says
 * `little` beside the others, or is often typed `around` a title.
 */
export type QueryWord = {
  text: string;
  forms: string[];
  field?: SearchField;
  prefix: boolean;
  quoted: boolean;
  optional?: "little" | "around";
};

/** What somebody has typed, read: words, phrases in quotes, and what must not be there. */
export type SearchQuery = {
  words: QueryWord[];
  phrases: { text: string; field?: SearchField }[];
  without: { text: string; field?: SearchField }[];
  /** The normal form of all that is searched for, to compare with titles. Empty where fields are named. */
  text: string;
  isbn13?: string;
  /** A comma stands behind the first word, as between a family name and given ones. */
  familyFirst: boolean;
  /** A space stands behind the last word: it is finished, and another one is to come. */
  goesOn: boolean;
};

/** The most words that are read; the rest is ignored, as in Meilisearch. */
const MAX_WORDS = 12;
const FIELDS: Record<string, SearchField> = { title: "title", author: "author", subject: "subject", isbn: "isbn" };
/** A minus, a field, and a phrase in quotes or what stands up to the next space. */
const PART =
  /(?<minus>(?<=^|\s)[-\u2212](?=["\p{L}\p{N}][^\s\u002d]*(?:\s|$)))?(?:(?<field>title|author|subject|isbn):)?(?:["“„](?<quoted>[^"”“]*)["”“]?|(?<plain>[^\s"“„]+))/giu;

/** An ISBN of ten digits whose 0 in front a spreadsheet has dropped, or a number of the time before ISBN. */
const SHORT_ISBN = /^(?:\s*isbn(?:[\s\u002d]?10)?[\s:]*)?\s*(\d{8}[\dX])\s*$/i;

const SPACE_BEHIND = /\S\s+$/u;

const FAMILY_FIRST = /^\s*[^\s,]+,\s+[^,]+$/;

/** A text from an address, as it was typed: `the%20raven`. */
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

/** Reads a query. Nothing that is typed is an error: what is no operator is a word. */
export function readQuery(pasted: string): SearchQuery {
  const typed = decodePercents(pasted);
  const isbn13 = isbn13Of(typed) ?? isbn13Of(typed.replace(SHORT_ISBN, "0$1"));
  if (isbn13 !== undefined) {
    return { words: [wordOf(isbn13)], phrases: [], without: [], text: "", isbn13, familyFirst: false, goesOn: false };
  }
  const parts = partsOf(joinDigitGroups(typed));
  const wanted = parts.filter(({ minus }) => !minus);
  // With nothing but minus signs there is nothing to leave something out of.
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

/** The words, those optional that say little where others say more. */
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

/** `C++`, `C#`, `.NET`: nobody mistypes a sign for letters. */
const SIGN_NAME = /^(?:\p{L}+(?:\+\+|[#♯])|\.net)$/iu;

/** The words of a part. An ISBN between other words is one word. */
function wordsOf({ text, field, quoted }: Part): QueryWord[] {
  const own = { ...(field === undefined ? {} : { field }), prefix: false, quoted };
  const isbn13 = isbn13Of(text);
  if (isbn13 !== undefined) return [{ text: isbn13, forms: [], ...own }];
  const forms = formsIn(text);
  const words = readWords(text).words.map((word) => ({ text: word, forms: forms.get(word) ?? [], ...own }));
  return SIGN_NAME.test(text) ? words.map((word) => ({ ...word, quoted: true })) : words;
}

/** A shorter form stands for too much. */
const MIN_FORM = 3;

/** Other words that stand for each word of a text. */
function formsIn(text: string): Map<string, string[]> {
  const forms = new Map<string, string[]>();
  for (const chunk of text.split(/\s+/u)) {
    const { words: [word, ...more], others } = readWords(chunk);
    if (word === undefined || more.length > 0) continue;
    // Without its s a word stands for more titles than the one that was typed.
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
