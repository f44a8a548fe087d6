import { columnKey, isKnownColumn } from "./column_names.ts";
import type { ImportRow } from "./import_source.ts";

const TITLE_LIKE = /tit[eolru]|name|book|buch|livre|libro|bok|книг|назв|書|书|題/iu;

/** A map from the field that every book needs to the column that looks most like it: by its name, or by texts that differ. */
export function suggestMap(sample: ImportRow[], isMapped = false): string | undefined {
  const values = new Map<string, string[]>();
  for (const row of sample) {
    if (!("columns" in row)) continue;
    for (const [name, value] of Object.entries(row.columns)) {
      if (typeof value !== "string" || value.trim() === "") continue;
      (values.get(name) ?? values.set(name, []).get(name)!).push(value);
    }
  }
  let best: { name: string; score: number } | undefined;
  for (const [name, texts] of values) {
    if (isKnownColumn(name) && (!isMapped || columnKey(name) !== "title")) continue;
    const worded = texts.filter((text) => /\p{L}{2}/u.test(text) && text.length <= 300).length / texts.length;
    const distinct = new Set(texts).size / texts.length;
    const score = worded * distinct + (TITLE_LIKE.test(name) ? 1 : 0) +
      Math.min(1, texts.join().length / texts.length / 40) / 4;
    if (worded > 0.5 && score > (best?.score ?? 0.5)) best = { name, score };
  }
  return best === undefined ? undefined : `title=${best.name}`;
}

/** The names of the columns that the first rows have. */
export const columnsOf = (sample: ImportRow[]): string[] => [
  ...new Set(sample.flatMap((row) => "columns" in row ? Object.keys(row.columns) : [])),
];
