import { z } from "zod";
import { type ErrorStatus, problemBody } from "./problem.ts";

/** An answer with a JSON body. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

const problem = { content: { "application/problem+json": { schema: problemBody } } };

/** Error answers, for the document. Every one may also end in 500 or 503. */
export const errors = (...statuses: ErrorStatus[]) =>
  Object.fromEntries(
    [...statuses, 406 as const, 503 as const].map((status) => [status, { description: `Error ${status}`, ...problem }]),
  );

/** How many items a list has. */
export const limit = z.coerce.number().int().min(1).max(100).default(20).meta({ description: "1 to 100" });

/** A list with the place of its next page. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: "Pass it as `cursor` for the next page" }),
  });

export const bookId = z.object({ id: z.string().min(1).max(64).meta({ description: "A book's id" }) });
export const readerId = z.object({ id: z.string().min(1).max(64).meta({ description: "A reader's id" }) });
export const token = [{ adminToken: [] }];
