/** What parts of a work are called, with their short forms. */
const KINDS = ["volume vol", "book bk", "part pt", "number nr issue"].map((words) => words.split(" "));
const KIND_OF = new Map(KINDS.flatMap((words) => words.map((word) => [word, words] as const)));

/** The words of which one may stand for the other, such as `volume` and `vol`; none for a word that names no kind of part. */
export const kindOf = (word: string): readonly string[] | undefined => KIND_OF.get(word);
