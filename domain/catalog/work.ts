import { normalForm } from "@/domain/text.ts";
import { rememberedBy } from "@/domain/remembered.ts";
import { readTitle } from "@/domain/title.ts";
import type { Book } from "./book.ts";

type TitledBook = Pick<Book, "id" | "title" | "series" | "series_number" | "authors" | "work_id">;

/** How many books' keys are memoized. Readers return to the same books, and each table that stores a book needs its keys. */
const REMEMBERED = 5_000;

/** A cheap test before `SUBTITLE`: a title without these characters has no subtitle. */
const HAS_SIGN = /[:;,\-–—]/;
const SUBTITLE = /^(.+?)(?:\s*[:;]\s+|\s[-–—]\s|,\s+(?=or,?\s))(.+)$/u;
/**
 * The beginning of a subtitle that only describes a work: an indefinite article, a kind of book, `or`.
 * Other subtitles distinguish works, such as `Batman: Year One` and `Batman: The Dark Knight Returns`.
 */
const DESCRIBES =
  /^(?:an?|eine?|une?|un|una|uno|uma?|een|en|ett?|et|or|oder|ou|o|roman|novel|novela|romanzo|memoirs?|poems?|unabridged|the (?:true |untold )?(?:story|history|art|science|power|life) of)(?![\p{L}\p{N}])/iu;
/** A part of a work, by number or name. Two parts are two works. */
const PART = /\p{N}|(?<!\p{L})(?:vol|volume|part|book|band|teil|tome|tomo|parte?|del|graphic)(?!\p{L})/iu;

/**
 * The key of a book's work, as events publish it. It is made of the source's work id; without one, of the title without series
 * and subtitle and the first author's words in any order. A book without an author or a word in its title is a work of its own.
 */
export const workOf = (book: TitledBook): string => worksOf(book)[0]!;

/**
 * All keys of a book's work, the published one first: one of the source's work id, and one of the title with each author.
 * The latter are marked when there is a work id, because books with different work ids are different works.
 */
export function worksOf(book: TitledBook): readonly string[] {
  let keys = known.get(book);
  if (keys === undefined) known.set(book, keys = rememberedKeys(book));
  return keys;
}
/** A book is never changed, and this look-up costs less than making the key of `rememberedKeys`. */
const known = new WeakMap<TitledBook, readonly string[]>();
const rememberedKeys = rememberedBy<TitledBook, readonly string[]>(REMEMBERED, titleOf, keysOf);

const HAS_ID = "i";
/** More names than these are seldom authors. */
const MAX_AUTHORS = 8;

/** A text of everything that the keys depend on. */
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
 * The keys to look for editions of a book with, from its own keys: every edition has at least one of them.
 * A book without a work id is an edition of books with and without one.
 */
export function editionsBy(keys: readonly string[]): string[] {
  const hasId = keys.some((key) => key.endsWith(HAS_ID));
  return keys.flatMap((key) => key.endsWith(HAS_ID) ? [key.slice(0, -1)] : hasId ? [key] : [key, key + HAS_ID]);
}

/** Keeps the first item of each work and drops its later editions. */
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
  // The number counts only when the books of a series all have its title, or when a book holds several.
  const isPart = partKey !== "1" && (partKey.includes(" ") || normalForm(name) === key);
  return isPart && partKey !== "" ? `${key}\n${partKey}` : key;
}

/** A hash of 16 hex digits: two 32-bit hashes by FNV-1a, the second with another start and multiplier. */
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
