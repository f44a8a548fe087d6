import type { Interaction } from "@/domain/recommendation/interaction.ts";
import type { KnownBook } from "@/application/recommendation/ports.ts";

/** A view, with other fields where they are given. */
export const row = (reader: string, book: string, fields: Partial<Interaction> = {}): Interaction => ({
  reader,
  book,
  kind: "viewed",
  stars: 0,
  time: 10,
  ...fields,
});
/** A book of the catalogue as its events tell it. */
export const known = (id: string, fields: Partial<KnownBook> = {}): KnownBook => ({
  id,
  title: `Title ${id}`,
  authors: ["A"],
  subjects: ["s"],
  popularity: 0,
  version: 1,
  removed: false,
  ...fields,
});
