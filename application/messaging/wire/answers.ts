import { z } from "zod";

/** The data of the event that answers a consumed command when it was rejected, or parked for a technical fault. */
export const commandAnswered = z.object({
  command: z.object({ id: z.string(), type: z.string() }),
  reason: z.object({
    code: z.string(),
    detail: z.string(),
    faults: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })).optional(),
    book: z.string().optional().meta({ description: "The id of the book that is in the way" }),
  }),
});
