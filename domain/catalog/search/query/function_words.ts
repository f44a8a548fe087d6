/** Articles, prepositions and conjunctions of the languages that catalogues have most, and names of books. */
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
/** Words that people and files put around a title. */
const AROUND = wordsOf([
  "by book books novel author written writer buch bok livre libro roman isbn",
  "part volume vol number nr issue ebook audiobook paperback hardcover hardback edition kindle epub mobi pdf goodreads",
]);
const ARTICLES = wordsOf(["a an the der die das le la les l el los las il"]);

function wordsOf(lines: string[]): Set<string> {
  return new Set(lines.join(" ").split(" "));
}

/** Whether a word says little about a book, so that it is the first to be dropped where nothing has all words. */
export const isFunctionWord = (word: string): boolean => LITTLE.has(word);

/** Whether a word is an article, which files and people leave out before a title. */
export const isArticle = (word: string): boolean => ARTICLES.has(word);

/** Whether a word is often typed that is not in the title: `dune book`, or first, `the dune`. */
export const isAround = (word: string, at: number): boolean => AROUND.has(word) || (at === 0 && ARTICLES.has(word));

/** Whether a title goes on with a text behind an article, which people leave out. */
export function beginsBehindArticle(title: string, text: string): boolean {
  const behind = title.indexOf(" ") + 1;
  return behind > 0 && title.startsWith(text, behind) && isArticle(title.slice(0, behind - 1));
}
