import { z } from "zod";
import { FIRST_RESULTS } from "@/domain/activity/found.ts";
import { CATALOG, catalogEvents } from "@/application/catalog/messages.ts";
import { commandAnswered } from "@/application/messaging/wire/answers.ts";
import { type Envelope, messageId } from "@/application/messaging/wire/envelope.ts";
import type { Order } from "@/application/messaging/consuming/sink.ts";
import type { Erasures } from "@/application/messaging/projections/erasures.ts";

const counts = z.boolean().optional().meta({
  description: "`false`: the reader is not to be counted, so the act is left out of trends and recommendations",
});

const cleared = z.enum(["shelf", "rating"]).optional().meta({
  description: "What is taken back by cleared: the place in the list (shelf or not for me), or the stars; missing: all",
});

/** An item of POST /v1/events. The domain checks which fields a type needs. */
const act = {
  type: z.enum(["viewed", "searched", "shelved", "rated", "dismissed", "cleared"]),
  reader: z.string().optional().meta({ description: "An opaque pseudonym; may be missing for views and searches" }),
  book: z.string().optional().meta({ description: "A book's id; wanted by all but searched" }),
  query: z.string().optional().meta({ description: "Wanted by searched" }),
  shelf: z.enum(["want", "reading", "read"]).optional(),
  rating: z.number().optional().meta({ description: "1 to 5, wanted by rated" }),
  what: cleared,
  id: messageId.optional().meta({ description: "Makes a resend harmless" }),
  time: z.iso.datetime({ offset: true }).optional().meta({
    description: "Honoured with the admin token; otherwise the arrival counts",
  }),
  counts,
};
export const actItem = z.object(act).meta({
  id: "Act",
  examples: [{ type: "viewed", reader: "r1", book: "dune" }, { type: "searched", reader: "r1", query: "dune" }],
});

export type ActItem = z.output<typeof actItem>;

/** The topics of readers' acts. */
export const ACTIVITY_TOPICS = {
  commands: "bookstream.activity.commands",
  events: "bookstream.activity.events",
} as const;

export const ACTIVITY = {
  recordAct: "bookstream.activity.record-act.v1",
  eraseReader: "bookstream.activity.erase-reader.v1",
  forgetBook: "bookstream.activity.forget-book.v1",
  bookSearched: "bookstream.activity.book-searched.v1",
  bookViewed: "bookstream.activity.book-viewed.v1",
  bookShelved: "bookstream.activity.book-shelved.v1",
  bookRated: "bookstream.activity.book-rated.v1",
  bookDismissed: "bookstream.activity.book-dismissed.v1",
  bookCleared: "bookstream.activity.book-cleared.v1",
  readerErased: "bookstream.activity.reader-erased.v1",
  bookForgotten: "bookstream.activity.book-forgotten.v1",
  commandRejected: "bookstream.activity.command-rejected.v1",
  commandFailed: "bookstream.activity.command-failed.v1",
} as const;

/**
 * The origin of an act, for consumers that count people. web adds it to acts over HTTP without a token.
 * It cannot be traced back to an address.
 */
const origin = {
  client: z.string().min(1).max(64).optional().meta({
    description: "The client that the act came by: a keyed hash of its address, another one each day",
  }),
  voter: z.enum(["reader", "client"]).optional().meta({
    description:
      "Who votes in trends: `client` where too many readers come by one; otherwise the reader, if there is one",
  }),
  counts,
};

/** `found` is what this suite's search has just answered, so that it is not searched again. */
export const recordActCommand = z.object({
  ...act,
  ...origin,
  found: z.object({ results: z.int(), books: z.array(z.string()).max(FIRST_RESULTS) }).optional(),
});
export const eraseReaderCommand = z.object({ reader: z.string() });
export const forgetBookCommand = z.object({ book: z.string() });
export const activityCommands = {
  [ACTIVITY.recordAct]: recordActCommand,
  [ACTIVITY.eraseReader]: eraseReaderCommand,
  [ACTIVITY.forgetBook]: forgetBookCommand,
} as const;

const reader = z.string();
const book = z.string();
/** Events of readers' acts, by type. Without a reader an act is anonymous. */
export const readerEvents = {
  [ACTIVITY.bookSearched]: z.object({
    reader: reader.optional(),
    query: z.string(),
    normal: z.string(),
    results: z.int(),
    books: z.array(z.string()),
    ...origin,
  }),
  [ACTIVITY.bookViewed]: z.object({ reader: reader.optional(), book, ...origin }),
  [ACTIVITY.bookShelved]: z.object({ reader, book, shelf: z.enum(["want", "reading", "read"]), ...origin }),
  [ACTIVITY.bookRated]: z.object({ reader, book, rating: z.int(), ...origin }),
  [ACTIVITY.bookDismissed]: z.object({ reader, book, ...origin }),
  [ACTIVITY.bookCleared]: z.object({ reader, book, what: cleared, ...origin }),
  [ACTIVITY.readerErased]: z.object({ reader }),
} as const;
/** The events of the activity module, by type. */
export const activityEvents = {
  ...readerEvents,
  [ACTIVITY.bookForgotten]: z.object({ book, readers: z.int() }),
} as const;
export const activityAnswers = {
  [ACTIVITY.commandRejected]: commandAnswered,
  [ACTIVITY.commandFailed]: commandAnswered,
} as const;

const actType = recordActCommand.pick({ type: true });

/** Views and searches are unordered, and an erasure waits for nothing. */
export function activityOrder({ type, data }: Envelope): Order {
  switch (type) {
    case ACTIVITY.eraseReader:
    case ACTIVITY.readerErased:
      return "first";
    case ACTIVITY.bookViewed:
    case ACTIVITY.bookSearched:
      return "none";
    case ACTIVITY.recordAct: {
      const act = actType.safeParse(data);
      return act.success && (act.data.type === "viewed" || act.data.type === "searched") ? "none" : "by-key";
    }
    default:
      return "by-key";
  }
}

/** Which reader an event belongs to, and which event erases a reader. */
export const activityErasures: Erasures = {
  topics: [ACTIVITY_TOPICS.events],
  readerOf: ({ data }) => "reader" in data && typeof data.reader === "string" ? data.reader : undefined,
  isErasure: ({ type }) => type === ACTIVITY.readerErased,
};

/** The key of activity's messages about a book. It has a space, so it cannot be a reader id. */
export const bookKey = (book: string): string => `book ${book}`;

/** Events of other modules that activity reacts to. */
export const activityPolicyEvents = { [CATALOG.bookRemoved]: catalogEvents[CATALOG.bookRemoved] };
