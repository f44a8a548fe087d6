import { z } from "zod";
import { INTERACTIONS } from "@/domain/recommendation/interaction.ts";
import { readerEvents } from "@/application/activity/messages.ts";
import { catalogEvents } from "@/application/catalog/messages.ts";
import { bookRefSchema } from "@/application/trend/messages.ts";

/** The events from which recommendations are computed. */
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
/** All stored data about a reader. */
export const keptOfReaderSchema = z.object({
  acts: z.array(z.object({
    book: z.string(),
    kind: z.enum(INTERACTIONS),
    stars: z.int().optional(),
    time: z.iso.datetime(),
  })),
  searches: z.array(z.object({ query: z.string(), books: z.array(z.string()), time: z.iso.datetime() })),
}).meta({ id: "KeptOfReader" });
export type KeptOfReader = z.output<typeof keptOfReaderSchema>;
export type RecommendationItem = z.output<typeof recommendationSchema>;
