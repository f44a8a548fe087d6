import { normalForm } from "@/domain/text.ts";
import type { Book } from "./book.ts";

type TitledBook = Pick<Book, "id" | "title" | "series" | "series_number" | "authors" | "work_id">;

/** `(Dune, #1)`, `[Large print]` behind a title. */
const BRACKETS = /\s*(?:\([^()]*\)|\[[^[\]]*\])\s*$/;
const SUBTITLE = /^(.+?)(?:\s*[:;]\s+|\s[-–—]\s|,\s+(?=or,?\s))(.+)$/u;
/**
 * Beginnings of subtitles that describe a work: an indefinite article, a kind of book, `or`. Others tell works apart, as those of
 * `Batman: Year One` and `Batman: The Dark Knight Returns`.
 */
const DESCRIBES =
  /^(?:an?|eine?|une?|un|una|uno|uma?|een|en|ett?|et|or|oder|ou|o|roman|novel|novela|romanzo|memoirs?|poems?|unabridged|the (?:true |untold )?(?:story|history|art|science|power|life) of)(?![\p{L}\p{N}])/iu;
/** What makes two parts of a work two: a number, or a part by name. */
const PART = /\p{N}|(?<!\p{L})(?:vol|volume|part|book|band|teil|tome|tomo|parte?|del|graphic)(?!\p{L})/iu;
/** `(Dune, #1)` gives 1, `(Saga, #1-4)` gives 1-4, `(Saga, #3: Part 2)` gives 3 part 2. */
const IN_SERIES = /^[([]\s*(.*?)[,:]?\s*(?:#|(?:book|vol\.?|volume|no\.)\s)\s*(\d.*?)\s*[)\]]$/iu;

/**
 * The key of a book's work: editions of one work have the same. It is made of the source's id of the work; else of the title without
 * series and subtitle, with the words of the first author in any order. Without an author or a word in its title a book is a work of its own.
 */
export function workOf(book: TitledBook): string {
  const known = works.get(book);
  if (known !== undefined) return known;
  const work = keyOf(book);
  works.set(book, work);
  return work;
}
/** A book is never changed, and its key is asked for by each table that it is written to. */
const works = new WeakMap<TitledBook, string>();

function keyOf({ id, title, series, series_number, authors, work_id }: TitledBook): string {
  if (work_id !== undefined) return hash(`id\n${work_id}`);
  const author = authors[0] === undefined ? "" : normalForm(authors[0]).split(" ").sort().join(" ");
  const bare = bareTitle(title, series, series_number);
  return author === "" || bare === "" ? hash(`book\n${id}`) : hash(`title\n${bare}\n${author}`);
}

/** The first of each work, in their order. Where no work is known nothing is folded. */
export function foldEditions<Item extends { work: string }>(items: Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ work }) => work === "" || (!seen.has(work) && seen.add(work)));
}

function bareTitle(title: string, series: string | undefined, number: string | undefined): string {
  const { bare, inBrackets } = withoutBrackets(title);
  const [name, place] = series === undefined ? inBrackets : [series, number ?? ""];
  const [, main, subtitle] = SUBTITLE.exec(bare) ?? [];
  const isMain = main !== undefined && subtitle !== undefined && DESCRIBES.test(subtitle) && !PART.test(subtitle);
  const key = normalForm(isMain ? main : bare);
  const partKey = normalForm(place);
  // A series tells its books apart where they all have its title; of other works it is left out, but for several in one.
  const isPart = partKey !== "1" && (partKey.includes(" ") || normalForm(name) === key);
  return isPart && partKey !== "" ? `${key}\n${partKey}` : key;
}

function withoutBrackets(title: string): { bare: string; inBrackets: [name: string, place: string] } {
  let bare = title;
  let inBrackets: [string, string] = ["", ""];
  for (let found = BRACKETS.exec(bare); found !== null && found.index > 0; found = BRACKETS.exec(bare)) {
    const [, name = "", place = ""] = IN_SERIES.exec(found[0].trim()) ?? [];
    if (place !== "") inBrackets = [name, place];
    bare = bare.slice(0, found.index);
  }
  return { bare, inBrackets };
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
