import type { Interaction } from "@/domain/recommendation/interaction.ts";

/** An act of a reader on a book: by default they have read it. */
export const interaction = (reader: string, book: string, fields: Partial<Interaction> = {}): Interaction => ({
  reader,
  book,
  kind: "read",
  stars: 0,
  time: 1,
  ...fields,
});
