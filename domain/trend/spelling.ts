/** How a query was spelled, by how many readers and from how many clients. */
export type Spelling = { spelling: string; readers: number; clients: number };

/** Joiners between letters belong to some scripts; elsewhere they are invisible. */
const STRAY_JOINER = /(?<![\p{L}\p{M}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}])/gu;
/** Control, format and private characters, and letters without a shape. */
const UNSEEN = /[[\p{C}\u115f\u1160\u3164\uffa0]--[\u200c\u200d]]/gv;
/** Symbols but those of a keyboard (`C++`, `a < b`) and of money. */
const SYMBOL = /(?![ -~])[\p{Sm}\p{Sk}\p{So}]/gu;
const RUN = /[\p{P}\p{S}]{3,}/gu;
const STACKED = /(\p{M}{2})\p{M}+/gu;
const LONGEST = 200;

/** A query as it may stand in a public list: one line of characters that are seen, none of them for show. */
export function tidySpelling(query: string): string {
  const plain = query.normalize("NFKC").replace(/\s+/gu, " ").replace(STRAY_JOINER, "").replace(UNSEEN, "");
  const bare = plain.replace(SYMBOL, " ").replace(RUN, " ").replace(STACKED, "$1");
  return Array.from(bare.replace(/ +/g, " ").trim()).slice(0, LONGEST).join("");
}

/** The spelling that most readers chose, ties by the plainest. Readers who share a client count once. */
export function mostSpelled(spellings: Spelling[]): string | undefined {
  const chosen = ({ readers, clients }: Spelling) => Math.min(readers, clients);
  return spellings.toSorted((a, b) => chosen(b) - chosen(a) || byPlainness(a.spelling, b.spelling))[0]?.spelling;
}

/** Small letters before capitals and marks, then the shorter, then by code point. */
const byPlainness = (a: string, b: string): number =>
  ornaments(a) - ornaments(b) || a.length - b.length || (a < b ? -1 : 1);
const ornaments = (text: string): number => text.replace(/[\p{Ll}\p{Lo}\p{N} ]/gu, "").length;
