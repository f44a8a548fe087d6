/** MiniSearch on the books and queries of a file, for a process that has not the packages of the tests. */
import type { Book } from "@/domain/catalog/book.ts";
import { measure } from "./measure.ts";
import { openMiniSearch } from "./minisearch.ts";

type Given = { books: Book[]; cases: [kind: string, list: [query: string, wanted: string[]][]][] };

const { books, cases }: Given = JSON.parse(await Deno.readTextFile(Deno.args[0]!));
const asked = new Map(
  cases.map(([kind, list]) => [kind, list.map(([query, wanted]) => ({ query, wanted: new Set(wanted) }))]),
);
const engine = openMiniSearch(books);
await measure(engine, asked);
console.log(JSON.stringify(await measure(engine, asked)));
