import { z } from "zod";
import { isWithin } from "@/domain/free_text.ts";

/**
 * A text of limited length. Its characters are code points, as in JSON Schema and in the databases; zod by itself counts the halves
 * of surrogate pairs.
 */
export const characters = (least: number, most: number) =>
  z.string()
    .refine((text) => text.length >= least && isWithin(text, most), {
      error: ({ input }) => `wanted ${least} to ${most} characters, found ${Array.from(String(input)).length}`,
    })
    .meta({ ...(least === 0 ? {} : { minLength: least }), maxLength: most });
