import { join } from "node:path";
import type { Book } from "@/domain/catalog/book.ts";
import { createRandom } from "@/application/shared/random.ts";
import { type Cases, makeCases, misspeltCases } from "./cases.ts";
import { type Engine, measure, type Measured } from "./measure.ts";
import { openMiniSearch } from "./minisearch.ts";
import { openShop } from "./shop.ts";
import type { StoreName } from "./store.ts";

export type SearchOptions = {
  books: string;
  seed: string;
  each: string;
  store?: StoreName;
  misspellings?: string;
  queries?: string;
  misses: string;
  alone?: true;
  json?: true;
};

/** Measures search on the books of a file, and prints the figures. */
export async function searchQuality(options: SearchOptions): Promise<void> {
  const servers = { mysql: Deno.env.get("MYSQL_URL") || undefined, mariadb: Deno.env.get("MARIADB_URL") || undefined };
  const name = options.store ?? (servers.mysql === undefined ? "sqlite" : "mysql");
  const shop = await openShop(name, options.books, name === "mysql" || name === "mariadb" ? servers[name] : undefined);
  try {
    const books = await shop.books();
    if (books.length === 0) throw new Error(`${options.books} has no book that could be imported`);
    const { added, rejected, warnings } = shop.report;
    console.log(`${added} books in ${(shop.importMs / 1000).toFixed(1)} s, ${rejected} rejected, ${warnings} warnings`);
    const random = createRandom(Number(options.seed));
    const cases = makeCases(books, Number(options.each), random);
    if (options.misspellings !== undefined) {
      cases.set(
        "real_misspellings",
        misspeltCases(books, await readMisspellings(options.misspellings), random.fork("real")),
      );
    }
    await shop.engine.find("warm up");
    const own = await measureAndPrint(shop.engine, cases, Number(options.misses), books);
    const engines = [shop.engine];
    const peers: Record<string, Measured> = {};
    if (options.alone !== true) {
      const peer = openMiniSearch(books);
      engines.push(peer);
      peers["minisearch"] = await measureAndPrint(peer, cases, 0, books);
    }
    const found = options.queries === undefined ? undefined : await shareFound(engines, options.queries);
    if (options.json === true) {
      console.log(JSON.stringify({ ...summaryOf(own), store: name, ...peersOf(peers), found }));
    }
  } finally {
    await shop.close();
  }
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

const summaryOf = ({ overall, classes, p50_ms, p95_ms }: Measured) => ({
  overall: rounded(overall, 4),
  classes: Object.fromEntries(Object.entries(classes).map(([name, { mrr }]) => [name, rounded(mrr, 4)])),
  p50_ms: rounded(p50_ms, 2),
  p95_ms: rounded(p95_ms, 2),
});

const peersOf = (peers: Record<string, Measured>) =>
  Object.fromEntries(Object.entries(peers).map(([name, measured]) => [name, summaryOf(measured)]));

async function measureAndPrint(engine: Engine, cases: Cases, misses: number, books: Book[]): Promise<Measured> {
  const titles = new Map(books.map(({ id, title, authors }) => [id, `${title} / ${authors[0] ?? ""}`]));
  const missed = new Map<string, number>();
  const measured = await measure(engine, cases, (name, { query, wanted }, rank, found) => {
    const count = (missed.get(name) ?? 0) + 1;
    missed.set(name, count);
    if (count > misses) return;
    const [first] = wanted;
    const before = found.slice(0, 3).map((id) => titles.get(id)).join("; ");
    console.log(`  ${name} rank ${rank || "none"}: "${query}" wanted ${titles.get(first!)}; found ${before}`);
  });
  console.log(`\n${engine.name}`);
  const line = (label: string, queries: number, mrr: number, p50: number, p95: number) =>
    console.log(
      `${label.padEnd(20)} ${String(queries).padStart(5)}  MRR@10 ${mrr.toFixed(3)}  p50 ${p50.toFixed(2)} ms  p95 ${
        p95.toFixed(2)
      } ms`,
    );
  let all = 0;
  for (const [name, { queries, mrr, p50_ms, p95_ms }] of Object.entries(measured.classes)) {
    all += queries;
    line(name, queries, mrr, p50_ms, p95_ms);
  }
  line("overall", all, measured.overall, measured.p50_ms, measured.p95_ms);
  return measured;
}

/** Misspellings by the right word: a line `$right`, then a line for each wrong way. */
async function readMisspellings(folder: string): Promise<Map<string, string[]>> {
  const wrong = new Map<string, string[]>();
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).filter((one) =>
    one.endsWith(".dat")
  );
  for (const name of names.sort()) {
    let right = "";
    for (const line of (await Deno.readTextFile(join(folder, name))).split(/\r?\n/)) {
      const text = line.trim().replaceAll("_", " ");
      if (text.startsWith("$")) right = text.slice(1).toLowerCase();
      else if (text !== "" && text.toLowerCase() !== right) wrong.set(right, [...(wrong.get(right) ?? []), text]);
    }
  }
  return wrong;
}

/** The share of queries, a line each, for which an engine finds anything. */
async function shareFound(engines: Engine[], file: string): Promise<Record<string, number>> {
  const queries = [...new Set((await Deno.readTextFile(file)).split(/\r?\n/).map((line) => line.trim()))].filter(
    Boolean,
  );
  const shares: Record<string, number> = {};
  for (const { name, find } of engines) {
    let some = 0;
    for (const query of queries) if ((await find(query)).length > 0) some++;
    shares[name] = rounded(some / queries.length, 4);
    console.log(`${name}: ${some} of ${queries.length} queries found something`);
  }
  return shares;
}
