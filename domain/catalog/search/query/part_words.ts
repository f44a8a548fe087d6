/** Words for a part of a work, with their abbreviations. */
const KINDS = ["volume vol", "book bk", "part pt", "number nr issue"].map((words) => words.split(" "));
const KIND_OF = new Map(KINDS.flatMap((words) => words.map((word) => [word, words] as const)));

/** The synonyms of a word for a part, itself among them: `volume`, `vol`. Undefined for any other word. */
export const kindOf = (word: string): readonly string[] | undefined => KIND_OF.get(word);
