import type { Book } from "@/domain/catalog/book.ts";
import type { Random } from "@/application/shared/random.ts";
import { joinOrSplit, mistype, withoutAccents, wordsIn } from "./mistakes.ts";

/** A query and the books that answer it: any of them is right. */
export type Case = { query: string; wanted: Set<string> };
/** Cases by the kind of query. */
export type Cases = Map<string, Case[]>;

/** A title without the series that catalogues write behind it. */
const bare = (title: string): string => title.replace(/\s*\([^()]*\)\s*$/, "");

type Sources = {
  books: Book[];
  byTitle: Map<string, string[]>;
  byAuthor: Map<string, string[]>;
  uses: Map<string, number>;
};
/** The query that asks for a book in a class's way, or undefined where the book has none. */
type Ask = (book: Book, sources: Sources, random: Random) => string | undefined;

const CLASSES: Record<string, Ask> = {
  exact_title: ({ title }) => bare(title),
  two_rare_words: ({ title }, { uses }) => {
    const words = [...new Set(wordsIn(bare(title)))].filter((word) => word.length > 2);
    const rare = words.sort((a, b) => uses.get(a.toLowerCase())! - uses.get(b.toLowerCase())!).slice(0, 2);
    return rare.length < 2 ? undefined : rare.join(" ");
  },
  no_accents: ({ title }) => withoutAccents(bare(title)) === bare(title) ? undefined : withoutAccents(bare(title)),
  one_typo: ({ title }, _, random) => mistype(bare(title), random),
  author_typo: ({ authors }, _, random) => authors[0] === undefined ? undefined : mistype(authors[0], random),
  joined_or_split: ({ title }, _, random) => joinOrSplit(bare(title), random),
  author_and_word: ({ title, authors }, { uses }) => {
    const name = wordsIn(authors[0] ?? "").at(-1);
    const words = wordsIn(bare(title)).filter((word) => word.length > 3);
    const [rarest] = words.sort((a, b) => uses.get(a.toLowerCase())! - uses.get(b.toLowerCase())!);
    return name === undefined || rarest === undefined ? undefined : `${name} ${rarest}`;
  },
  while_typing: ({ title }, _, random) => {
    const text = bare(title);
    return text.length < 8 ? undefined : text.slice(0, random.int(Math.ceil(text.length * 0.5), text.length - 1));
  },
};

/** So many queries of each class, drawn by the seed. Books of one title and one first author are the same answer. */
export function makeCases(books: Book[], each: number, random: Random): Cases {
  const sources = sourcesOf(books);
  const cases: Cases = new Map();
  for (const [name, ask] of Object.entries(CLASSES)) {
    const own = random.fork(name);
    const drawn: Case[] = [];
    for (const book of shuffled(books, own)) {
      if (drawn.length === each) break;
      const query = ask(book, sources, own);
      if (query === undefined || query.trim() === "") continue;
      const same = name === "author_typo"
        ? sources.byAuthor.get(book.authors[0]!)!
        : sources.byTitle.get(workOf(book))!;
      drawn.push({ query, wanted: new Set(same) });
    }
    if (drawn.length > 0) cases.set(name, drawn);
  }
  return cases;
}

/** Titles in which a word is replaced by a way in which people have misspelt it. `misspelt`: by the right word, in lower case. */
export function misspeltCases(books: Book[], misspelt: Map<string, string[]>, random: Random): Case[] {
  const { byTitle } = sourcesOf(books);
  return books.flatMap((book) => {
    const title = bare(book.title);
    const word = wordsIn(title).find((one) => one.length > 4 && misspelt.has(one.toLowerCase()));
    if (word === undefined) return [];
    const query = title.replace(word, random.pick(misspelt.get(word.toLowerCase())!));
    return [{ query, wanted: new Set(byTitle.get(workOf(book))!) }];
  });
}

const workOf = ({ title, authors }: Book): string => `${bare(title).toLowerCase()}\n${authors[0] ?? ""}`;

function sourcesOf(books: Book[]): Sources {
  const [byTitle, byAuthor, uses] = [
    new Map<string, string[]>(),
    new Map<string, string[]>(),
    new Map<string, number>(),
  ];
  const add = (map: Map<string, string[]>, key: string, id: string) => {
    const ids = map.get(key);
    if (ids === undefined) map.set(key, [id]);
    else ids.push(id);
  };
  for (const book of books) {
    add(byTitle, workOf(book), book.id);
    for (const author of book.authors) add(byAuthor, author, book.id);
    for (const word of wordsIn(book.title.toLowerCase())) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  return { books, byTitle, byAuthor, uses };
}

/** Fisher and Yates. */
function shuffled<Item>(items: Item[], random: Random): Item[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = random.int(0, at);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
