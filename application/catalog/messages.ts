import { z } from "zod";
import { commandAnswered } from "@/application/messaging/wire/answers.ts";

/** The shape of a book's details; which values are allowed is the domain's to say. */
const details = {
  title: z.string().meta({ examples: ["Dune"] }),
  subtitle: z.string().optional(),
  original_title: z.string().optional().meta({ description: "The title of the work in its first language" }),
  series: z.string().optional().meta({ examples: ["Dune Chronicles"] }),
  series_number: z.string().optional().meta({ description: "The place in the series", examples: ["1"] }),
  work_id: z.string().optional().meta({ description: "The id that the book's source gives to its work" }),
  authors: z.array(z.string()).default([]).meta({ examples: [["Frank Herbert"]] }),
  contributors: z.array(z.object({ name: z.string(), role: z.string() })).optional().meta({
    description: "Those who are no authors, with what they did",
    examples: [[{ name: "Ana Reis", role: "translator" }]],
  }),
  year: z.int().optional().meta({ examples: [1965] }),
  language: z.string().optional().meta({ description: "ISO 639 code", examples: ["en"] }),
  isbn13: z.string().optional().meta({ examples: ["9780441013593"] }),
  subjects: z.array(z.string()).default([]).meta({ examples: [["science fiction"]] }),
  description: z.string().optional(),
  popularity: z.int().default(0).meta({ description: "How widely read the book is, as imported" }),
};

/** What a client says about a book: the body of POST (with or without an id) and of PUT. */
export const newBook = z.object({
  id: z.string().optional().meta({ description: "1 to 64 characters; made where missing" }),
  ...details,
})
  .meta({ id: "NewBook" });
export const bookDetails = z.object(details).meta({ id: "BookDetails" });

/** A book with its version. */
export const bookData = z.object({
  id: z.string(),
  ...details,
  version: z.int(),
  work: z.string().optional().meta({
    description:
      "The key of the work: books with the same one are editions of it. It is opaque, and made of `work_id`, " +
      "else of the title without series and subtitle and of the first author. Books of earlier versions lack it in events",
    examples: ["5f0c3a61d2b74e98"],
  }),
}).meta({ id: "Book" });

/** A book as another service knows it. */
export const bookCopySchema = z.object({ id: z.string(), title: z.string(), version: z.int(), removed: z.boolean() });

/** The topics of the catalogue. */
export const CATALOG_TOPICS = {
  commands: "bookstream.catalog.commands",
  events: "bookstream.catalog.events",
} as const;

export const CATALOG = {
  addBook: "bookstream.catalog.add-book.v1",
  changeBook: "bookstream.catalog.change-book.v1",
  removeBook: "bookstream.catalog.remove-book.v1",
  bookAdded: "bookstream.catalog.book-added.v1",
  bookChanged: "bookstream.catalog.book-changed.v1",
  bookRemoved: "bookstream.catalog.book-removed.v1",
  commandRejected: "bookstream.catalog.command-rejected.v1",
  commandFailed: "bookstream.catalog.command-failed.v1",
} as const;

/** `version`: change or remove only this version; without it, whichever is there. */
const version = z.int().optional();
export const addBookCommand = newBook;
export const changeBookCommand = z.object({ id: z.string(), ...details, version });
export const removeBookCommand = z.object({ id: z.string(), version });
export const catalogCommands = {
  [CATALOG.addBook]: addBookCommand,
  [CATALOG.changeBook]: changeBookCommand,
  [CATALOG.removeBook]: removeBookCommand,
} as const;

/** The events of the catalogue, by type. */
export const catalogEvents = {
  [CATALOG.bookAdded]: bookData,
  [CATALOG.bookChanged]: bookData,
  [CATALOG.bookRemoved]: z.object({ id: z.string(), version: z.int() }),
} as const;
export const catalogAnswers = {
  [CATALOG.commandRejected]: commandAnswered,
  [CATALOG.commandFailed]: commandAnswered,
} as const;
