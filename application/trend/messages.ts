import { z } from "zod";
import { readerEvents } from "@/application/activity/messages.ts";
import { catalogEvents } from "@/application/catalog/messages.ts";
import type { EventsOf } from "@/application/messaging/consuming/projection_sink.ts";
import { HALF_LIFE_NAME, halfLifeOf } from "@/domain/trend/half_life.ts";
import type { Order } from "@/domain/trend/rank_trends.ts";

/** The events that trends are made of. */
export const trendEvents = { ...catalogEvents, ...readerEvents };
export type TrendEvent = EventsOf<typeof trendEvents>;

/** The name of a half-life: whole hours or days, between an hour and two years. */
export const windowSchema = z.string().regex(HALF_LIFE_NAME, {
  error: "wanted hours or days, such as 24h or 7d",
  abort: true,
})
  .refine((name) => halfLifeOf(name) !== undefined, "wanted 1h to 730d");

/** How a list is ranked: by what is done most, or by what is done more than before. */
export type TrendOrder = Order;

/** A book as other services show it. */
export const bookRefSchema = z.object({ id: z.string(), title: z.string(), authors: z.array(z.string()) }).meta({
  id: "BookRef",
});
const rank = z.int();
const score = z.number().meta({
  description:
    "Weight left in the window, a view weighs 1 when it happens; in `rising`, by how many standard deviations",
});
const count = z.int().meta({ description: "Votes of the last 24 hours, searches left out" });
const readers = z.int().meta({ description: "Distinct readers of the last 24 hours" });

/** What the course of a trend says. Lists of services of earlier versions lack it. */
const course = {
  change: z.int().nullable().default(null).meta({
    description: "Places risen (or, below 0, fallen) within one half-life; null for what had no place before",
  }),
  since: z.iso.datetime().nullable().default(null).meta({
    description: "Since when there was no break of a half-life without an act",
  }),
  history: z.array(z.int()).default([]).meta({
    description: "Acts and searches of the last two half-lives in 24 steps of one length, the oldest first",
  }),
};

export const bookTrendSchema = z.object({
  rank,
  ...course,
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
  ...course,
  query: z.string(),
  score,
  count: z.int().meta({ description: "Searches of the last 24 hours, one for each reader and hour" }),
  readers,
  books: z.array(bookRefSchema),
}).meta({ id: "QueryTrend" });
export const subjectTrendSchema = z.object({
  rank,
  ...course,
  subject: z.string(),
  score: z.number().meta({ description: "What the books of the list that have the subject come to together" }),
  count: z.int().meta({ description: "Votes of the last 24 hours for these books, searches left out" }),
  readers,
  books: z.array(bookRefSchema).meta({ description: "The first of these books" }),
}).meta({ id: "SubjectTrend" });

export type BookRef = z.output<typeof bookRefSchema>;
export type BookTrend = z.output<typeof bookTrendSchema>;
export type QueryTrend = z.output<typeof queryTrendSchema>;
export type SubjectTrend = z.output<typeof subjectTrendSchema>;
