import { FIELD_END, type SearchDocument } from "./search_document.ts";

/** A word that a book must have: one of these, or with `prefix` one that begins as the first of them. */
type WantedWord = { texts: string[]; prefix: boolean };

/** A text with the books that have it. */
type Entry = { text: string; books: number[] };

/** Books by the words that they have and by the beginnings of these. What is found are places in the order in which books were added. */
export class PrefixIndex {
  readonly documents: SearchDocument[] = [];
  readonly #words = new Map<string, Entry>();
  readonly #beginnings = new Beginnings();
  readonly #titles = new Beginnings();

  add(document: SearchDocument): void {
    const book = this.documents.length;
    this.documents.push(document);
    const { words, seriesWords, others, authors, subjects, isbn13, title } = document;
    for (const text of new Set([...words, ...seriesWords, ...others, ...authors, ...subjects, isbn13])) {
      if (text === "" || text === FIELD_END) continue;
      let entry = this.#words.get(text);
      if (entry === undefined) {
        this.#words.set(text, entry = { text, books: [] });
        this.#beginnings.add(entry);
      }
      entry.books.push(book);
    }
    if (title !== "") this.#titles.add({ text: title, books: [book] });
  }

  /** The first books that have all the words, at most so many. */
  find(wanted: WantedWord[], most: number): number[] {
    const have = new Uint8Array(this.documents.length);
    for (const [words, one] of wanted.entries()) mark(have, this.#entries(one), words);
    return firstOf(have, wanted.length, most);
  }

  /** The first books whose title begins so, at most so many. */
  titled(start: string, most: number): number[] {
    const have = new Uint8Array(this.documents.length);
    mark(have, this.#titles.from(start), 0);
    return firstOf(have, 1, most);
  }

  /** How many books have the word; those of several words that it may be count for each. */
  count(wanted: WantedWord): number {
    return this.#entries(wanted).reduce((sum, { books }) => sum + books.length, 0);
  }

  /** A whole word is among those that begin as it does. */
  #entries({ texts, prefix }: WantedWord): Entry[] {
    const [start = "", ...forms] = texts;
    const whole = (prefix ? forms : texts).flatMap((text) => this.#words.get(text) ?? []);
    return prefix ? this.#beginnings.from(start).concat(whole) : whole;
  }
}

/** Counts one word more for books that have all words before it. */
function mark(have: Uint8Array, entries: Entry[], before: number): void {
  for (const { books } of entries) {
    for (const book of books) if (have[book] === before) have[book] = before + 1;
  }
}

function firstOf(have: Uint8Array, words: number, most: number): number[] {
  const found: number[] = [];
  for (let book = 0; book < have.length && found.length < most; book++) if (have[book] === words) found.push(book);
  return found;
}

/** Texts by how they begin: a list for each first sign, sorted when it is first asked for, as one sort of all would take long. */
class Beginnings {
  readonly #lists = new Map<string, { entries: Entry[]; sorted: boolean }>();

  add(entry: Entry): void {
    const first = entry.text[0]!;
    const list = this.#lists.get(first);
    if (list === undefined) this.#lists.set(first, { entries: [entry], sorted: true });
    else {
      list.entries.push(entry);
      list.sorted = false;
    }
  }

  /** Those that begin so. */
  from(start: string): Entry[] {
    const list = this.#lists.get(start[0] ?? "");
    if (list === undefined) return [];
    if (!list.sorted) list.entries.sort((a, b) => a.text < b.text ? -1 : 1);
    list.sorted = true;
    const { entries } = list;
    const first = lowest(entries, ({ text }) => text >= start);
    const end = lowest(entries, ({ text }) => text >= start && !text.startsWith(start));
    return entries.slice(first, end);
  }
}

/** The first place of a sorted list from which on it holds. */
function lowest(entries: Entry[], holds: (entry: Entry) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(entries[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
