/** The catalogue that a benchmark of the embedded suite looks at. */
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";

const WORDS = 256;

/** Books that nobody wrote; some dozens share a word of their titles. */
export async function* makeRows(count: number): AsyncGenerator<ImportRow> {
  for (let at = 0; at < count; at++) {
    const columns = {
      id: String(at + 1),
      title: `The ${word(at)} of ${word(at * 7 + 3)} ${at}`,
      authors: `Author ${at % 2500}`,
      subjects: word(at * 5),
      popularity: String(count - at),
    };
    yield { columns, line: "" };
  }
}

/** Two of sixteen syllables. */
function word(at: number): string {
  const syllables = ["ba", "co", "du", "fe", "gi", "ha", "jo", "ku", "le", "mi", "na", "po", "ru", "se", "ti", "vo"];
  return syllables[at % 16]! + syllables[Math.floor(at % WORDS / 16)]!;
}
