import type { Interaction, InteractionKind } from "@/domain/recommendation/interaction.ts";
import { defined } from "@/application/defined.ts";
import type { KnownBook, NeighbourList } from "@/application/recommendation/ports.ts";
import type { Row } from "./connection.ts";

export const interactionOf = (row: Row): Interaction => ({
  reader: String(row.reader),
  book: String(row.book),
  kind: row.kind as InteractionKind,
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
  removed: row.removed === 1,
  ...defined({
    year: row.year === null ? undefined : Number(row.year),
    language: row.language === null ? undefined : String(row.language),
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
