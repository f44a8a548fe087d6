/** Books that nobody wrote, with words as frequent as those of real titles: the same ones for a seed. */
import { createRandom, type Random } from "@/application/shared/random.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";

const COMMON = ["the", "of", "and", "a", "in", "to", "for", "from", "with", "on"];
const ONSETS = [
  "b",
  "br",
  "c",
  "ch",
  "d",
  "f",
  "g",
  "gr",
  "h",
  "k",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "sh",
  "st",
  "t",
  "v",
  "w",
];
const VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
const ENDS = ["", "n", "r", "s", "l", "t", "nd", "rk", "st"];
/** Words of titles: a catalogue has more, the larger it is (Heaps' law). */
const wordsOf = (books: number): number => Math.round(60 * Math.sqrt(books)) + 2_000;
const BOOKS_PER_AUTHOR = 4;
const SUBJECTS = 60;
const LANGUAGES = ["en", "en", "en", "en", "en", "en", "de", "fr", "es", "sv"];

/** Rows of an import. The word of rank n comes once in n times of the first (Zipf's law), and so do authors. */
export async function* madeUpRows(books: number, seed = 1): AsyncGenerator<ImportRow> {
  const random = createRandom(seed);
  const words = [...COMMON, ...wordList(wordsOf(books), random.fork("words"))];
  const authors = authorList(Math.ceil(books / BOOKS_PER_AUTHOR), random.fork("authors"));
  const word = zipf(words, random);
  const author = zipf(authors, random);
  for (let at = 0; at < books; at++) {
    const title = Array.from({ length: random.int(1, 3) + random.int(0, 4) }, word).join(" ");
    const columns = {
      id: `m${at}`,
      title: title[0]!.toUpperCase() + title.slice(1),
      authors: author(),
      subjects: `${words[20 + random.int(0, SUBJECTS)]}; ${words[20 + random.int(0, SUBJECTS)]}`,
      year: String(2026 - Math.floor(120 * random.next() ** 3)),
      language: random.pick(LANGUAGES),
      popularity: String(Math.floor(1_000_000 / (1 + random.int(0, books)))),
    };
    yield { columns, line: "" };
  }
}

function wordList(count: number, random: Random): string[] {
  const words = new Set<string>();
  while (words.size < count) {
    let word = "";
    for (let syllables = random.int(1, 2) + random.int(0, 2); syllables > 0; syllables--) {
      word += random.pick(ONSETS) + random.pick(VOWELS);
    }
    words.add(word + random.pick(ENDS));
  }
  return [...words];
}

function authorList(count: number, random: Random): string[] {
  const names = wordList(Math.min(count, 40_000) + 500, random).map((name) => name[0]!.toUpperCase() + name.slice(1));
  const [first, last] = [names.slice(0, 500), names.slice(500)];
  return Array.from({ length: count }, () => `${random.pick(first)} ${random.pick(last)}`);
}

/** Draws of a list by rank. */
function zipf<Value>(values: Value[], random: Random): () => Value {
  const upTo: number[] = [];
  for (let rank = 1; rank <= values.length; rank++) upTo.push((upTo.at(-1) ?? 0) + 1 / rank);
  return () => {
    const wanted = random.next() * upTo.at(-1)!;
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return values[low]!;
  };
}
