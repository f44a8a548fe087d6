/** Articles, prepositions and conjunctions of the most frequent languages of catalogues, and words for `book`. */
const LITTLE = wordsOf([
  "a an the of and or in on at to for from by with as is it its be are was this that i you my your his her our their",
  "der die das den dem des ein eine einer eines einem einen und oder von vom zu zum zur im am auf mit fur bei aus als ist",
  "le la les l un une des du de d et ou en au aux dans sur pour par avec est ce cette",
  "el los las lo una unos unas y o del al con por para sin es",
  "il gli i uno della delle dei degli di da nel nella per che e",
  "os um uma do dos das no na nos nas em com",
  "het een van en op te met voor is",
  "den det ett och av pa i til fra med som er og en et",
  "и в во на с со по о об из к ко за от для не а",
  "book books novel author written writer buch bok livre libro roman isbn",
]);
/** Words that people and files add before or after a title. */
const AROUND = wordsOf([
  "by book books novel author written writer buch bok livre libro roman isbn",
  "part volume vol number nr issue ebook audiobook paperback hardcover hardback edition kindle epub mobi pdf goodreads",
]);
const ARTICLES = wordsOf(["a an the der die das le la les l el los las il"]);

function wordsOf(lines: string[]): Set<string> {
  return new Set(lines.join(" ").split(" "));
}

/** Whether a word is a function word. Such words are the first to be dropped when no book has all words of a query. */
export const isFunctionWord = (word: string): boolean => LITTLE.has(word);

/** Whether a word is an article. Files and people often leave out the article before a title. */
export const isArticle = (word: string): boolean => ARTICLES.has(word);

/** Whether a word is often added to a title that lacks it: `dune book` or, as the first word (`at` 0), `the dune`. */
export const isAround = (word: string, at: number): boolean => AROUND.has(word) || (at === 0 && ARTICLES.has(word));

/** Whether a title begins with the text after a leading article, as `the hobbit` does with `hob`. */
export function beginsBehindArticle(title: string, text: string): boolean {
  const behind = title.indexOf(" ") + 1;
  return behind > 0 && title.startsWith(text, behind) && isArticle(title.slice(0, behind - 1));
}
