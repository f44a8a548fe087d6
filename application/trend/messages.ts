import { z } from "zod";
import { readerEvents } from "@/application/activity/messages.ts";
import { catalogEvents } from "@/application/catalog/messages.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import { WINDOWS } from "@/domain/trend/window.ts";

/** The events that trends are made of. */
export const trendEvents = { ...catalogEvents, ...readerEvents };
export type TrendEvent = EventsOf<typeof trendEvents>;

export const windowSchema = z.enum(WINDOWS);
export type Window = z.output<typeof windowSchema>;

/** A book as other services show it. */
export const bookRefSchema = z.object({ id: z.string(), title: z.string(), authors: z.array(z.string()) }).meta({
  id: "BookRef",
});
const rank = z.int();
const score = z.number().meta({ description: "Weight left in the window; a view weighs 1 when it happens" });
const count = z.int().meta({ description: "Votes of the last 24 hours, searches left out" });
const readers = z.int().meta({ description: "Distinct readers of the last 24 hours" });

export const bookTrendSchema = z.object({
  rank,
  book: bookRefSchema,
  score,
  count,
  readers,
  searches: z.int().meta({
    description: "Searches of the last 24 hours that showed the book among their first results",
  }),
}).meta({ id: "BookTrend" });
export const queryTrendSchema = z.object({
  rank,
  query: z.string(),
  score,
  count: z.int().meta({ description: "Searches of the last 24 hours, one for each reader and hour" }),
  readers,
  books: z.array(bookRefSchema),
}).meta({ id: "QueryTrend" });

export type BookRef = z.output<typeof bookRefSchema>;
export type BookTrend = z.output<typeof bookTrendSchema>;
export type QueryTrend = z.output<typeof queryTrendSchema>;
