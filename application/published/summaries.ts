import type { z } from "zod";
import {
  ACTIVITY,
  type activityAnswers,
  type activityCommands,
  type activityEvents,
} from "@/application/activity/messages.ts";
import {
  CATALOG,
  type catalogAnswers,
  type catalogCommands,
  type catalogEvents,
} from "@/application/catalog/messages.ts";

type Schemas =
  & typeof catalogCommands
  & typeof catalogEvents
  & typeof catalogAnswers
  & typeof activityCommands
  & typeof activityEvents
  & typeof activityAnswers;
type Summaries = { [Type in keyof Schemas]: { summary: string; examples: z.input<Schemas[Type]>[] } };

const dune = { id: "dune", title: "Dune", authors: ["Frank Herbert"], year: 1965, language: "en" };
const book = { ...dune, isbn13: "9780441013593", subjects: ["science fiction"], popularity: 90 };

/** What each published message says, with examples of its data. */
export const SUMMARIES: Summaries = {
  [CATALOG.addBook]: { summary: "Add a book", examples: [dune, { title: "Emma" }] },
  [CATALOG.changeBook]: {
    summary: "Replace a book's details; with a version, only those of that version",
    examples: [{ ...dune, year: 1966, version: 1 }],
  },
  [CATALOG.removeBook]: {
    summary: "Remove a book; with a version, only that version",
    examples: [{ id: "dune", version: 2 }],
  },
  [CATALOG.bookAdded]: { summary: "A book was added", examples: [{ ...book, version: 1, work: "1af83ff9c5f361e6" }] },
  [CATALOG.bookChanged]: {
    summary: "A book was changed; the data is the whole book",
    examples: [{ ...book, popularity: 91, version: 2, work: "1af83ff9c5f361e6" }],
  },
  [CATALOG.bookRemoved]: { summary: "A book was removed", examples: [{ id: "dune", version: 3 }] },
  [CATALOG.commandRejected]: {
    summary: "A command from the topic was refused for a reason of the business, and nothing changed",
    examples: [{
      command: { id: "c1", type: CATALOG.addBook },
      reason: { code: "book-exists", detail: "a book with the id dune exists" },
    }],
  },
  [CATALOG.commandFailed]: {
    summary: "A command from the topic was parked for a technical fault; nothing changed, it may be done later",
    examples: [{
      command: { id: "c1", type: CATALOG.addBook },
      reason: { code: "failed", detail: "the store refused the row" },
    }],
  },
  [ACTIVITY.recordAct]: {
    summary: "Record what a reader did: the data is one item of POST /v1/events",
    examples: [
      { type: "viewed", reader: "r1", book: "dune" },
      { type: "searched", reader: "r1", query: "dune" },
      { type: "rated", reader: "r1", book: "dune", rating: 5, id: "a1", time: "2026-11-23T10:00:00Z" },
    ],
  },
  [ACTIVITY.eraseReader]: {
    summary: "Erase a reader: all state by the id goes, a mark stays so that nothing brings it back",
    examples: [{ reader: "r1" }],
  },
  [ACTIVITY.bookSearched]: {
    summary: "A reader searched: the query as typed, its normal form, the number of results and the first ones",
    examples: [{ reader: "r1", query: "Dune", normal: "dune", results: 2, books: ["dune", "messiah"] }],
  },
  [ACTIVITY.bookViewed]: { summary: "A reader looked at a book", examples: [{ reader: "r1", book: "dune" }] },
  [ACTIVITY.bookShelved]: {
    summary: "A reader put a book on a shelf",
    examples: [{ reader: "r1", book: "dune", shelf: "want" }],
  },
  [ACTIVITY.bookRated]: {
    summary: "A reader gave a book 1 to 5 stars",
    examples: [{ reader: "r1", book: "dune", rating: 5 }],
  },
  [ACTIVITY.bookDismissed]: {
    summary: "A reader does not want to be shown a book",
    examples: [{ reader: "r1", book: "dune" }],
  },
  [ACTIVITY.bookCleared]: {
    summary:
      "A reader took back what they had said about a book: all of it, the shelf or not for me alone, or the stars alone",
    examples: [{ reader: "r1", book: "dune" }, { reader: "r1", book: "dune", what: "rating" }],
  },
  [ACTIVITY.readerErased]: {
    summary: "A reader was erased: whoever keeps state by the id removes it",
    examples: [{ reader: "r1" }],
  },
  [ACTIVITY.forgetBook]: {
    summary: "Take a book that the catalogue no longer has out of all readers' lists",
    examples: [{ book: "dune" }],
  },
  [ACTIVITY.bookForgotten]: {
    summary: "A removed book was taken out of readers' lists; how many readers had it",
    examples: [{ book: "dune", readers: 3 }],
  },
  [ACTIVITY.commandRejected]: {
    summary: "A command from the topic was refused for a reason of the business, and nothing changed",
    examples: [{
      command: { id: "c2", type: ACTIVITY.recordAct },
      reason: {
        code: "invalid",
        detail: "rating: wanted a whole number from 1 to 5, found 9",
        faults: [{ path: ["rating"], message: "wanted a whole number from 1 to 5, found 9" }],
      },
    }],
  },
  [ACTIVITY.commandFailed]: {
    summary: "A command from the topic was parked for a technical fault; nothing changed, it may be done later",
    examples: [{
      command: { id: "c2", type: ACTIVITY.recordAct },
      reason: { code: "failed", detail: "the store refused the row" },
    }],
  },
};
