import { book } from "@/tests/support/samples.ts";

/** A small catalogue in several scripts. */
export const BOOKS = [
  book("dune", {
    title: "Dune",
    authors: ["Frank Herbert"],
    year: 1965,
    language: "en",
    isbn13: "9780441013593",
    subjects: ["science fiction"],
    popularity: 900,
  }),
  book("messiah", {
    title: "Dune Messiah",
    authors: ["Frank Herbert"],
    year: 1969,
    language: "en",
    subjects: ["science fiction"],
    popularity: 5000,
  }),
  book("miserables", {
    title: "Les Misérables",
    authors: ["Victor Hugo"],
    year: 1862,
    language: "fr",
    subjects: ["classic", "history"],
    popularity: 700,
  }),
  book("snow", {
    title: "雪国",
    authors: ["川端康成"],
    year: 1937,
    language: "ja",
    subjects: ["classic"],
    popularity: 300,
  }),
  book("heroes", { title: "Heroes' Feast", authors: ["K. Newman"], subjects: ["cooking"], popularity: 40 }),
  book("catch", {
    title: "Catch-22",
    authors: ["Joseph Heller"],
    year: 1961,
    language: "en",
    subjects: ["war"],
    popularity: 800,
    description: "a novel",
  }),
  book("odyssey", {
    title: "Οδύσσεια",
    authors: ["Όμηρος"],
    year: -700,
    language: "el",
    subjects: ["poetry"],
    popularity: 300,
  }),
];
