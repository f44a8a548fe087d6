import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";

/** Words for sets of several books, and the two words of `box set`. */
const SETS = new Set("boxset boxed omnibus schuber gesamtausgabe coffret estuche cofanetto".split(" "));
const BOX = "box";
const SET = "set";
const NUMBER = /^\d+$/;

/** Whether a book contains several books: a boxed set, an omnibus, or a range of a series, `#1-3`. */
export const isCollectionOfBooks = ({ words, seriesWords }: SearchDocument): boolean =>
  words.some((word, at) => SETS.has(word) || (word === SET && words[at - 1] === BOX)) || hasVolumes(seriesWords);

/** Whether a number follows a smaller one, as in `saga 1 3`. Decimals are single words. */
const hasVolumes = (words: string[]): boolean =>
  words.some((word, at) => {
    const next = words[at + 1] ?? "";
    return NUMBER.test(word) && NUMBER.test(next) && Number(next) > Number(word);
  });
