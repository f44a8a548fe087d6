import { FIELD_END, readDocument, type SearchDocument, textOf } from "./search_document.ts";

/** A required word. A book matches with any of `texts` or, if `prefix` is set, with any word that begins with the first of them. */
type WantedWord = { texts: string[]; prefix: boolean };

/** A text and the books that contain it. */
type Entry = { text: string; books: number[] };

type PackedDocument = Pick<SearchDocument, "id" | "popularity" | "acts"> & { text: string };
const MANY = 1_000;
/** The maximum number of cached groups, about 20 kB each. */
const MAX_GROUPS = 200;
/** The matches of a word. `have` has a 1 for each matching book, and is made on first use. */
type Group = { entries: Entry[]; count: number; have: Uint8Array | undefined };
/** The number of texts to sort before `sort` yields. */
const SORTED_AT_ONCE = 500;

/** An in-memory index of books by words and prefixes of words. Results are positions of books in the order of addition. */
export class PrefixIndex {
  /** Packed until first use: a few long strings cost the garbage collector less than many words. */
  readonly #documents: (PackedDocument | SearchDocument)[] = [];
  readonly #words = new Map<string, Entry>();
  readonly #beginnings = new Beginnings();
  readonly #titles = new Beginnings();
  readonly #titleOf: string[] = [];
  readonly #many: number;
  readonly #groups = new Map<string, Group>();

  /** Words of more than `many` books are matched by a scan of all books, which soon has enough matches. */
  constructor(many = MANY) {
    this.#many = many;
  }

  add(document: SearchDocument): void {
    this.#groups.clear();
    const book = this.#documents.length;
    const { id, popularity, acts } = document;
    this.#documents.push({ id, popularity, acts, text: textOf(document) });
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
    this.#titleOf.push(title);
    if (title !== "") this.#titles.add({ text: title, books: [book] });
  }

  document(book: number): SearchDocument {
    const known = this.#documents[book]!;
    if (!("text" in known)) return known;
    return this.#documents[book] = readDocument(known.id, known, known.text);
  }

  /** Sorts the lists now instead of on first use. Yields between steps, so that the caller can let other work run. */
  *sort(): Generator<void> {
    for (const beginnings of [this.#beginnings, this.#titles]) yield* beginnings.sort();
  }

  /** The first `most` books that have all the words. */
  find(wanted: WantedWord[], most: number): number[] {
    const [rarest, ...others] = wanted.map((one) => this.#group(one)).sort((a, b) => a.count - b.count);
    if (rarest === undefined) return [];
    const has = others.map((group) => this.#having(group));
    const found: number[] = [];
    for (const book of this.#inOrder(rarest)) {
      if (has.some((have) => have[book] === 0)) continue;
      if (found.push(book) === most) break;
    }
    return found;
  }

  /** The first `most` books whose title begins with the text. */
  titled(start: string, most: number): number[] {
    const entries = this.#titles.from(start);
    if (entries.length <= this.#many) return entries.flatMap(({ books }) => books).sort((a, b) => a - b).slice(0, most);
    const found: number[] = [];
    for (let book = 0; book < this.#titleOf.length && found.length < most; book++) {
      if (this.#titleOf[book]!.startsWith(start)) found.push(book);
    }
    return found;
  }

  /** The number of books with the word. A book with several forms of it is counted once for each form. */
  count(wanted: WantedWord): number {
    return this.#group(wanted).count;
  }

  /** The books of a word in the order of addition. */
  #inOrder(group: Group): Iterable<number> {
    if (group.count > this.#many) {
      const have = this.#having(group);
      return have.keys().filter((book) => have[book] === 1);
    }
    return new Set(group.entries.flatMap(({ books }) => books).sort((a, b) => a - b));
  }

  /** A 1 for each book with the word. Cached for common words, because many queries end with the same prefix. */
  #having(group: Group): Uint8Array {
    if (group.have !== undefined) return group.have;
    const have = new Uint8Array(this.#documents.length);
    for (const { books } of group.entries) for (const book of books) have[book] = 1;
    if (group.count > this.#many) group.have = have;
    return have;
  }

  /** The matches of a word, from the cache if they are there. The matches of a prefix include the word itself. */
  #group({ texts, prefix }: WantedWord): Group {
    const key = `${prefix} ${texts.join(" ")}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const [start = "", ...forms] = texts;
    const whole = (prefix ? forms : texts).flatMap((text) => this.#words.get(text) ?? []);
    const entries = prefix ? this.#beginnings.from(start).concat(whole) : whole;
    const group = { entries, count: entries.reduce((sum, { books }) => sum + books.length, 0), have: undefined };
    if (group.count > this.#many && this.#groups.size < MAX_GROUPS) this.#groups.set(key, group);
    return group;
  }
}

type List = { entries: Entry[]; sorted: boolean };

/** Texts by prefix, in one list per first character. A list is sorted on first use: sorting all at once would block the event loop. */
class Beginnings {
  readonly #lists = new Map<string, List>();

  add(entry: Entry): void {
    const first = entry.text[0]!;
    const list = this.#lists.get(first);
    if (list === undefined) this.#lists.set(first, { entries: [entry], sorted: true });
    else {
      list.entries.push(entry);
      list.sorted = false;
    }
  }

  *sort(): Generator<void> {
    let sorted = 0;
    for (const list of this.#lists.values()) {
      sorted += sortList(list);
      if (sorted < SORTED_AT_ONCE) continue;
      sorted = 0;
      yield;
    }
  }

  /** The texts with the prefix. */
  from(start: string): Entry[] {
    const list = this.#lists.get(start[0] ?? "");
    if (list === undefined) return [];
    sortList(list);
    const { entries } = list;
    const first = lowest(entries, ({ text }) => text >= start);
    const end = lowest(entries, ({ text }) => text >= start && !text.startsWith(start));
    return entries.slice(first, end);
  }
}

/** Sorts a list unless it is sorted. Returns the number of texts that it sorted. */
function sortList(list: List): number {
  if (list.sorted) return 0;
  list.entries.sort((a, b) => a.text < b.text ? -1 : 1);
  list.sorted = true;
  return list.entries.length;
}

/** The first index of a sorted list at which the condition holds (binary search). */
function lowest(entries: Entry[], holds: (entry: Entry) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(entries[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
