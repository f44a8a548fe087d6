/** The parts of a title as catalogues write it. This is the only reader of brackets behind a title. */
type TitleParts = {
  /** The title without the brackets behind it. A title that is only brackets stays whole. */
  bare: string;
  /** The text in each pair of brackets, in order. */
  brackets: string[];
  /** The series that is named in brackets. `number` is as printed: `1`, `1-4`, `3: Part 2`. */
  series?: { name: string; number: string };
};

const HAS_BRACKET = /[)\]]/;
/** `(Dune, #1)`, `[Large print]` behind a title. */
const LAST_BRACKET = /\s*(?:\(([^()]*)\)|\[([^[\]]*)\])\s*$/;
/** `Dune, #1`, `Saga #1-4`, `Harbour Cycle, Book 2`, `Saga, #3: Part 2`, `Dune, #1; Dune Universe, #8`. */
const IN_SERIES = /^\s*(.*?)[\s,:]*(?:#|(?<=^|[\s,:])(?:book|vol\.?|volume|no\.)\s)\s*(\d[^;]*?)\s*(?:;.*)?$/iu;

/** Parses a title: `Dune (Dune, #1)` is `Dune`, number 1 of the series `Dune`. */
export function readTitle(title: string): TitleParts {
  if (!HAS_BRACKET.test(title)) return { bare: title, brackets: [] };
  let bare = title;
  const brackets: string[] = [];
  for (let found = LAST_BRACKET.exec(bare); found !== null && found.index > 0; found = LAST_BRACKET.exec(bare)) {
    brackets.unshift(found[1] ?? found[2] ?? "");
    bare = bare.slice(0, found.index);
  }
  for (const bracket of brackets) {
    const [, name = "", number = ""] = IN_SERIES.exec(bracket) ?? [];
    if (number !== "") return { bare, brackets, series: { name, number } };
  }
  return { bare, brackets };
}
