/** How long it takes until others see what a reader of the embedded suite did. */
import { type Report, reportLatency, until } from "@/bench/report.ts";
import { ask, type Embedded, visit } from "./suite.ts";

const SEARCHES = 200;
const TURNS = 50;
/** Longer than any search takes to be seen. */
const GIVE_UP_MS = 200;

export async function measureSearches({ stores, suite }: Embedded, report: Report): Promise<void> {
  const took: number[] = [];
  const queries = async () => (await stores.trend.at(1).view.candidates("query", "24h", 0, 1_000)).length;
  // Polling would take the one thread from what it waits for.
  const changes = stores.trend.changes();
  const books = await stores.web.shelf.list({ facets: [], sort: "popularity", limit: SEARCHES });
  for (const { title } of books) {
    const { cookie } = await visit(suite.web);
    const query = title.split(/[(:]/)[0]!.trim();
    const before = await queries();
    const from = performance.now();
    const path = `/v1/books?q=${encodeURIComponent(query)}&limit=5`;
    await (await ask(suite.web, path, { cookie })).text();
    // Several titles may be one query, which is then there already.
    while (await queries() === before && performance.now() - from < GIVE_UP_MS) await changes.wait(GIVE_UP_MS);
    const tookMs = performance.now() - from;
    if (tookMs < GIVE_UP_MS) took.push(tookMs);
  }
  const text = `search → its query in the trends, ${took.length} times ` +
    "(the same flow on Kafka and Redis without an outbox, measured elsewhere: 7 and 21 ms)";
  reportLatency(report, { text, figure: "search_seen" }, took, [0.5, 0.95]);
}

export async function measureViews({ suite, adminToken }: Embedded, report: Report): Promise<void> {
  const took: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const { cookie, reader } = await visit(suite.web);
    const path = `/v1/readers/${reader}/recommendations?limit=10`;
    const list = async () =>
      await (await ask(suite.recommendation, path, { authorization: `Bearer ${adminToken}` })).text();
    const before = await list();
    const from = performance.now();
    for (const book of [turn * 3 + 1, turn * 3 + 2, turn * 3 + 3]) {
      await (await ask(suite.web, `/books/${book}`, { cookie })).text();
    }
    await until(async () => await list() !== before);
    took.push(performance.now() - from);
  }
  reportLatency(report, { text: "three viewed books → other recommendations", figure: "views_seen" }, took, [
    0.5,
    0.95,
  ]);
}
