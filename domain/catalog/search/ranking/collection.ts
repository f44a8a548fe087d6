import type { SearchDocument } from "@/domain/catalog/search/search_document.ts";

/** What sets of several books are called, and the word behind `box`. */
const SETS = new Set("boxset boxed omnibus schuber gesamtausgabe coffret estuche cofanetto".split(" "));
const BOX = "box";
const SET = "set";
const NUMBER = /^\d+$/;

/** Whether a book is several in one: a boxed set, an omnibus, or volumes of a series from one number to another, `#1-3`. */
export const isCollectionOfBooks = ({ words, seriesWords }: SearchDocument): boolean =>
  words.some((word, at) => SETS.has(word) || (word === SET && words[at - 1] === BOX)) || hasVolumes(seriesWords);

/** `saga 1 3`: a number behind a smaller one. Decimals are one word. */
const hasVolumes = (words: string[]): boolean =>
  words.some((word, at) => {
    const next = words[at + 1] ?? "";
    return NUMBER.test(word) && NUMBER.test(next) && Number(next) > Number(word);
  });
