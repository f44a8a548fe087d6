/** The formulas alone: all rows, lists and books in plain maps, without store, events or socket. Prints its processor time as JSON. */
import { cpuUsage } from "node:process";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import type { NeighbourList } from "@/application/recommendation/ports.ts";
import { BookIndex } from "@/domain/recommendation/book_index.ts";
import { type Interaction, tastesOf } from "@/domain/recommendation/interaction.ts";
import { type BookFacts, featuresOf } from "@/domain/recommendation/likeness.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { ARRIVALS } from "@/domain/recommendation/arrivals.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import { comparedOf, nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { recommend } from "@/domain/recommendation/recommend.ts";
import { actsOf, booksOf, readerId, type ShopSize } from "./shop.ts";

const LISTS = 4_000;

function usedMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1_000;
}

/** Milliseconds of processor time to learn all acts, microseconds a list. */
export type PlainFigures = { learn_ms: number; list_us: number };

function main(size: ShopSize): PlainFigures {
  const facts = new Map([...booksOf(size)].map(({ data }) => [(data as BookFacts).id, data as BookFacts]));
  const rows = new Map<string, Interaction[]>();
  for (const { data, time } of actsOf(size)) {
    const { reader, book } = data as { reader: string; book: string };
    const row: Interaction = { reader, book, kind: "read", stars: 0, time };
    const own = rows.get(reader);
    if (own === undefined) rows.set(reader, [row]);
    else own.push(row);
  }
  const began = usedMs();
  const model = new CoOccurrence(DEFAULT_SETTINGS);
  for (const [reader, own] of rows) model.set(reader, own);
  const lists = new Map([...facts.keys()].map((book) => [book, model.list(book)]));
  const learned = usedMs();

  const index = new BookIndex();
  for (const book of facts.values()) index.put(book);
  const popular = [...lists.values()].sort((a, b) => b.readers - a.readers).slice(0, 150)
    .map(({ book }) => index.numberOf(book));
  const indexed = ({ readers, neighbours }: NeighbourList) => ({
    books: neighbours.map(({ book }) => index.numberOf(book)),
    similarities: neighbours.map(({ similarity }) => similarity),
    readers,
  });
  const neighbours = new Map([...lists].map(([book, list]) => [book, indexed(list)]));
  const lately = indexed(model.list(LATELY));
  const { books: arrivals } = indexed(model.list(ARRIVALS));
  const postings = new Map<string, number[]>();
  for (const book of [...facts.values()].sort((a, b) => b.popularity - a.popularity)) {
    for (const feature of featuresOf(book)) {
      postings.set(feature, [...postings.get(feature) ?? [], index.numberOf(book.id)].slice(0, 30));
    }
  }
  const list = (reader: string) => {
    const tastes = tastesOf(rows.get(reader) ?? []);
    const recent = recentOf(tastes, DEFAULT_SETTINGS);
    const features = comparedOf(recent).flatMap(({ taste }) => index.bookOf(taste.book)!.features);
    const alike = [...new Set(features)].map((feature) => postings.get(feature)!);
    const knownWorks = new Set(tastes.map(({ book }) => facts.get(book)!.work!));
    const nearest = nearestOfEach(recent, DEFAULT_SETTINGS);
    const input = { index, tastes, knownWorks, neighbours, nearest, lately, arrivals, popular, alike };
    return recommend({ ...input, searches: [], settings: DEFAULT_SETTINGS, limit: 20 });
  };
  for (let at = 0; at < LISTS / 4; at++) list(readerId(at * 7919 % size.readers));
  const asked = usedMs();
  for (let at = 0; at < LISTS; at++) list(readerId(at * 7919 % size.readers));
  return { learn_ms: learned - began, list_us: (usedMs() - asked) / LISTS * 1_000 };
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0]!))));
