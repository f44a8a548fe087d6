/** Search, in the process and over HTTP, beside what others find in the same books in the same run. */
import { rowsOf } from "@/adapters/files/rows.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import { allBooks } from "@/application/catalog/books/remove_books.ts";
import { findBooks } from "@/application/catalog/search/listing/find_books.ts";
import type { Book } from "@/domain/catalog/book.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import type { Database, Size } from "@/bench/choose.ts";
import { perSecond, type Report, showRate, timed } from "@/bench/report.ts";
import { createRandom } from "@/application/shared/random.ts";
import { type Cases, makeCases } from "@/tests/quality/search/cases.ts";
import { type Engine, measure, type Measured } from "@/tests/quality/search/measure.ts";
import { openStore } from "@/tests/quality/search/store.ts";
import { webBus } from "@/services/web/app.ts";
import { measureHttp } from "./http.ts";
import { madeUpRows } from "./made_up.ts";
import { openFts5, openFulltext } from "./peers.ts";

const EACH = 200;
/** Peers hold all books in memory, or take long to index more. */
const MAX_PEER_BOOKS = 100_000;
const MEGABYTE = 2 ** 20;

/** `server`: the URL of the database, where it is one. */
export async function benchSearch(
  database: Database,
  { books: file, madeUp }: Size,
  { server, report }: { server?: string; report: Report },
): Promise<void> {
  const { store, drop } = await openStore(database === "embedded" ? "sqlite" : database, server);
  try {
    await bringBooks(store, file === undefined ? madeUpRows(madeUp) : rowsOf(file), report);
    const books: Book[] = [];
    for await (const some of allBooks(store.shelf)) books.push(...some);
    const cases = makeCases(books, EACH, createRandom(1));
    const own: Engine = {
      name: "Bookstream",
      find: async (words) => (await findBooks(store, { words, facets: [], limit: 10 })).books.map(({ id }) => id),
    };
    await measure(own, cases);
    const stopPauses = watchPauses(report);
    show(report, own.name, await measure(own, cases));
    stopPauses();
    report.say(
      `memory of the process: ${
        Math.round(Deno.memoryUsage().rss / MEGABYTE)
      } MB, with the books and queries of this run`,
    );
    await measureHttp(store, [...cases.values()].flat().map(({ query }) => query), report);
    if (books.length <= MAX_PEER_BOOKS) await measurePeers(books, cases, { server, report });
  } finally {
    await store.close();
    await drop();
  }
}

async function bringBooks(store: WebStore, rows: ReturnType<typeof madeUpRows>, report: Report): Promise<void> {
  // Nothing reads the log here, so that the outbox only grows: its rows are part of the size.
  const { bus, shelf } = { bus: webBus({ store, clock, ids }), shelf: store.shelf };
  let added = 0;
  const tookMs = await timed(async () => {
    ({ added } = await importBooks({ bus, shelf, ids }, rows));
  });
  const megabytes = await store.size() / MEGABYTE;
  report.keep("books", perSecond(added, tookMs), "1/s");
  report.keep("size", megabytes, "MB");
  report.say(
    `import with index and events: ${added} books in ${(tookMs / 1_000).toFixed(1)} s (${
      showRate(perSecond(added, tookMs))
    }), ` +
      `${Math.round(megabytes)} MB with the events`,
  );
}

function show(report: Report, name: string, { classes, overall, p50_ms, p95_ms }: Measured): void {
  const line = (label: string, mrr: number, p50: number, p95: number) =>
    report.say(`  ${label.padEnd(16)} MRR@10 ${mrr.toFixed(3)}  p50 ${p50.toFixed(2)} ms  p95 ${p95.toFixed(2)} ms`);
  report.say(name);
  for (const [label, figures] of Object.entries(classes)) {
    line(label, figures.mrr, figures.p50_ms, figures.p95_ms);
    report.keep(`${name} ${label} p95`, figures.p95_ms, "ms");
  }
  line("overall", overall, p50_ms, p95_ms);
}

/** Reports the longest time in which the event loop did nothing else. */
function watchPauses(report: Report): () => void {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    report.keep("pause", longest, "ms");
    report.say(`longest pause of the event loop: ${longest.toFixed(1)} ms`);
  };
}

async function measurePeers(
  books: Book[],
  cases: Cases,
  { server, report }: { server: string | undefined; report: Report },
): Promise<void> {
  const name = `bench_${crypto.randomUUID().slice(0, 8)}_text`;
  const peer = server === undefined ? openFts5(books) : await openFulltext(server, name, books);
  try {
    show(report, peer.name, await measure(peer, cases));
  } finally {
    await peer.close();
  }
  show(report, "MiniSearch 7.2", await runMiniSearch(books, cases));
}

/** In a process of its own, with the packages of the tests. */
async function runMiniSearch(books: Book[], cases: Cases): Promise<Measured> {
  const folder = await Deno.makeTempDir();
  try {
    const listed = [...cases].map(([kind, list]) => [kind, list.map(({ query, wanted }) => [query, [...wanted]])]);
    await Deno.writeTextFile(`${folder}/cases.json`, JSON.stringify({ books, cases: listed }));
    const script = ["tests/quality/search/minisearch_alone.ts", `${folder}/cases.json`];
    const args = [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      "--config",
      "tests/deno.json",
      "--allow-read",
      ...script,
    ];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
    if (!success) throw new Error(`MiniSearch failed: ${new TextDecoder().decode(stderr)}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
