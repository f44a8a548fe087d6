/** A spelling of a query, with the number of readers and clients that used it. */
export type Spelling = { spelling: string; readers: number; clients: number };

/** Zero-width joiners that are not between letters. Between letters some scripts need them. */
const STRAY_JOINER = /(?<![\p{L}\p{M}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}])/gu;
/** Control, format and private-use characters, and blank letters. */
const UNSEEN = /[[\p{C}\u115f\u1160\u3164\uffa0]--[\u200c\u200d]]/gv;
/** Symbols other than ASCII (`C++`, `a < b`) and currency signs. */
const SYMBOL = /(?![ -~])[\p{Sm}\p{Sk}\p{So}]/gu;
const RUN = /[\p{P}\p{S}]{3,}/gu;
const STACKED = /(\p{M}{2})\p{M}+/gu;
const LONGEST = 200;

/** A query as a public list shows it: one line without invisible characters or decorative symbols. */
export function tidySpelling(query: string): string {
  const plain = query.normalize("NFKC").replace(/\s+/gu, " ").replace(STRAY_JOINER, "").replace(UNSEEN, "");
  const bare = plain.replace(SYMBOL, " ").replace(RUN, " ").replace(STACKED, "$1");
  return Array.from(bare.replace(/ +/g, " ").trim()).slice(0, LONGEST).join("");
}

/** The spelling of most readers. Readers who share a client count once. Ties go to the plainest spelling. */
export function mostSpelled(spellings: Spelling[]): string | undefined {
  const chosen = ({ readers, clients }: Spelling) => Math.min(readers, clients);
  return spellings.toSorted((a, b) => chosen(b) - chosen(a) || byPlainness(a.spelling, b.spelling))[0]?.spelling;
}

/** Lower case without accents first, then the shorter one, then by code point. */
const byPlainness = (a: string, b: string): number =>
  ornaments(a) - ornaments(b) || a.length - b.length || (a < b ? -1 : 1);
const ornaments = (text: string): number => text.replace(/[\p{Ll}\p{Lo}\p{N} ]/gu, "").length;
