/** The embedded suite: its catalogue, then what is wanted of it. */
import { rowsOf } from "@/adapters/files/rows.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import { webBus } from "@/services/web/app.ts";
import { BOOKS } from "@/bench/acts.ts";
import type { Size } from "@/bench/choose.ts";
import { perSecond, type Report, showRate, timed, until } from "@/bench/report.ts";
import { makeRows } from "./catalogue.ts";
import { measureEvents } from "./events.ts";
import { measureSearches, measureViews } from "./latency.ts";
import { measureRoute } from "./route.ts";
import { type Embedded, openSuite } from "./suite.ts";

/** What can be measured, in this order. */
const PARTS = {
  pipeline: [measureEvents],
  latency: [measureSearches, measureViews],
  routes: [measureRoute],
};

/** Brings a catalogue, then measures the parts that are wanted. */
export async function benchEmbedded(
  wanted: Set<string>,
  { events, books }: Size,
  report: (bench: string) => Report,
): Promise<void> {
  const shop = await openSuite();
  try {
    await bringCatalogue(shop, books, report("import"));
    for (const [name, measures] of Object.entries(PARTS)) {
      if (wanted.has(name)) { for (const measure of measures) await measure(shop, report(name), events); }
    }
  } finally {
    await shop.close();
  }
}

/** `file`: a catalogue to bring, else one is made up. */
async function bringCatalogue({ stores: { web } }: Embedded, file: string | undefined, report: Report): Promise<void> {
  const rows = file === undefined ? makeRows(BOOKS) : rowsOf(file);
  let added = 0;
  const tookMs = await timed(async () => {
    ({ added } = await importBooks({ bus: webBus({ store: web, clock, ids }), shelf: web.shelf, ids }, rows));
  });
  await until(async () => await web.outbox.size() === 0);
  const speed = perSecond(added, tookMs);
  report.keep("books", speed, "1/s");
  const source = file === undefined ? ", made up" : "";
  report.say(`import: ${added} books in ${(tookMs / 1000).toFixed(1)} s (${showRate(speed)})${source}`);
}
