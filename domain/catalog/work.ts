import { normalForm } from "@/domain/text.ts";
import { rememberedBy } from "@/domain/remembered.ts";
import { readTitle } from "@/domain/title.ts";
import type { Book } from "./book.ts";

type TitledBook = Pick<Book, "id" | "title" | "series" | "series_number" | "authors" | "work_id">;

/** How many books' keys are remembered, twice as many at most: readers come back to the same ones, and each table that a book is written to asks. */
const REMEMBERED = 5_000;

/** What any subtitle stands behind: looked for first, as it is cheap. */
const HAS_SIGN = /[:;,\-–—]/;
const SUBTITLE = /^(.+?)(?:\s*[:;]\s+|\s[-–—]\s|,\s+(?=or,?\s))(.+)$/u;
/**
 * Beginnings of subtitles that describe a work: an indefinite article, a kind of book, `or`. Others tell works apart, as those of
 * `Batman: Year One` and `Batman: The Dark Knight Returns`.
 */
const DESCRIBES =
  /^(?:an?|eine?|une?|un|una|uno|uma?|een|en|ett?|et|or|oder|ou|o|roman|novel|novela|romanzo|memoirs?|poems?|unabridged|the (?:true |untold )?(?:story|history|art|science|power|life) of)(?![\p{L}\p{N}])/iu;
/** What makes two parts of a work two: a number, or a part by name. */
const PART = /\p{N}|(?<!\p{L})(?:vol|volume|part|book|band|teil|tome|tomo|parte?|del|graphic)(?!\p{L})/iu;

/**
 * The key of a book's work, as events publish it: the source's id of the work; else the title without series and subtitle, with the
 * words of the first author in any order. Without an author or a word in its title a book is a work of its own.
 */
export const workOf = (book: TitledBook): string => worksOf(book)[0]!;

/**
 * The keys of a book's work, the published one first: the source's id, and the title with each author. A key of title and author is
 * marked where the source has an id for the work: two books with different ids are two works, however alike.
 */
export function worksOf(book: TitledBook): readonly string[] {
  let keys = known.get(book);
  if (keys === undefined) known.set(book, keys = rememberedKeys(book));
  return keys;
}
/** A book is never changed. To ask for the same one again costs less than to make the text of its title. */
const known = new WeakMap<TitledBook, readonly string[]>();
const rememberedKeys = rememberedBy<TitledBook, readonly string[]>(REMEMBERED, titleOf, keysOf);

const HAS_ID = "i";
/** Further names are seldom those of authors. */
const MAX_AUTHORS = 8;

/** All that the keys are made of. */
function titleOf({ id, title, series, series_number, authors, work_id }: TitledBook): string {
  return JSON.stringify([id, title, series, series_number, authors, work_id]);
}

function keysOf({ id, title, series, series_number, authors, work_id }: TitledBook): string[] {
  const bare = bareTitle(title, series, series_number);
  const names = authors.slice(0, MAX_AUTHORS).map((author) => normalForm(author).split(" ").sort().join(" "));
  const known = bare === "" ? [] : names.filter((name) => name !== "");
  const keys = [...new Set(known.map((name) => hash(`title\n${bare}\n${name}`)))];
  if (work_id !== undefined) return [hash(`id\n${work_id}`), ...keys.map((key) => key + HAS_ID)];
  return names[0] === "" || keys.length === 0 ? [hash(`book\n${id}`), ...keys] : keys;
}

/**
 * The keys of which an edition of a book has at least one, by the book's own keys. A book without an id of its work is an edition
 * of those that have one, and of those that have none.
 */
export function editionsBy(keys: readonly string[]): string[] {
  const hasId = keys.some((key) => key.endsWith(HAS_ID));
  return keys.flatMap((key) => key.endsWith(HAS_ID) ? [key.slice(0, -1)] : hasId ? [key] : [key, key + HAS_ID]);
}

/** The first of each work, in their order: what follows is left out where it is an edition of one that stays. */
export function foldEditions<Item extends { work: string }>(items: Item[]): Item[] {
  const taken = new Set<string>();
  return items.filter(({ work }) => {
    if (work === "") return true;
    const keys = work.split(" ");
    if (keys.some((key) => taken.has(key))) return false;
    for (const key of editionsBy(keys)) taken.add(key);
    return true;
  });
}

function bareTitle(title: string, series: string | undefined, number: string | undefined): string {
  const { bare, series: written = { name: "", number: "" } } = readTitle(title);
  const [name, place] = series === undefined ? [written.name, written.number] : [series, number ?? ""];
  const [, main, subtitle] = HAS_SIGN.test(bare) ? SUBTITLE.exec(bare) ?? [] : [];
  const isMain = main !== undefined && subtitle !== undefined && DESCRIBES.test(subtitle) && !PART.test(subtitle);
  const key = normalForm(isMain ? main : bare);
  const partKey = normalForm(place);
  // A series tells its books apart where they all have its title; of other works it is left out, but for several in one.
  const isPart = partKey !== "1" && (partKey.includes(" ") || normalForm(name) === key);
  return isPart && partKey !== "" ? `${key}\n${partKey}` : key;
}

/** 16 hex digits: two sums of 32 bits by FNV-1a, the second with another start and multiplier. */
function hash(text: string): string {
  let [one, two] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit, 0x5bd1e995);
    two ^= two >>> 15;
  }
  return [one, two].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
