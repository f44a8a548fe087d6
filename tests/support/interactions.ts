import type { Interaction } from "@/domain/recommendation/interaction.ts";

/** An act of a reader on a book: they have read it, where nothing else is said. */
export const interaction = (reader: string, book: string, fields: Partial<Interaction> = {}): Interaction => ({
  reader,
  book,
  kind: "read",
  stars: 0,
  time: 1,
  ...fields,
});
