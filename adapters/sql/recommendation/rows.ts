import type { Interaction, InteractionKind, ReaderSearch } from "@/domain/recommendation/interaction.ts";
import { defined } from "@/application/defined.ts";
import type { KnownBook, NeighbourList } from "@/application/recommendation/ports.ts";
import { numberOf, type Row, textOf } from "@/adapters/sql/row.ts";

export const interactionOf = (row: Row): Interaction => ({
  reader: String(row.reader),
  book: String(row.book),
  kind: String(row.kind) as InteractionKind,
  stars: Number(row.stars),
  time: Number(row.time),
});

export const knownBookOf = (row: Row): KnownBook => ({
  id: String(row.id),
  title: String(row.title),
  authors: JSON.parse(String(row.authors)),
  subjects: JSON.parse(String(row.subjects)),
  popularity: Number(row.popularity),
  version: Number(row.book_version),
  removed: Number(row.removed) === 1,
  ...defined({
    year: numberOf(row.year),
    language: textOf(row.language),
    series: textOf(row.series),
    work: textOf(row.work),
  }),
});

export const neighbourListOf = (row: Row): NeighbourList => ({
  book: String(row.book),
  readers: Number(row.readers),
  neighbours: (JSON.parse(String(row.neighbours)) as [string, number][]).map(([book, similarity]) => ({
    book,
    similarity,
  })),
});

export const readerSearchOf = (row: Row): ReaderSearch => ({
  reader: String(row.reader),
  normal: String(row.normal),
  query: String(row.query),
  books: JSON.parse(String(row.books)),
  time: Number(row.time),
});

/** Packs the neighbours of a list into one text. */
export const packNeighbours = ({ neighbours }: NeighbourList): string =>
  JSON.stringify(neighbours.map(({ book, similarity }) => [book, similarity]));
