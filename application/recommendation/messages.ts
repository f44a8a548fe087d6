import { z } from "zod";
import { readerEvents } from "@/application/activity/messages.ts";
import { catalogEvents } from "@/application/catalog/messages.ts";
import { bookRefSchema } from "@/application/trend/messages.ts";

/** The events that recommendations are made of. */
export const recommendationEvents = { ...catalogEvents, ...readerEvents };

export const recommendationSchema = z.object({
  book: bookRefSchema,
  score: z.number(),
  reason: z.object({
    kind: z.enum(["because_you", "because_you_searched", "readers_also", "same_author", "same_subject", "popular"]),
    text: z.string(),
    book: z.string().optional().meta({ description: "The id of the book that it is due to, where there is one" }),
  }),
}).meta({ id: "Recommendation" });
export type RecommendationItem = z.output<typeof recommendationSchema>;
