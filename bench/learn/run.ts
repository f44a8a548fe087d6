/** What it takes the embedded suite to learn a shop's acts over HTTP, beside the same formulas over plain maps. */
import type { Size } from "@/bench/choose.ts";
import { runAlone } from "@/bench/bare/run.ts";
import { bringBooks } from "@/bench/embedded/bring_books.ts";
import { type Embedded, openSuite } from "@/bench/embedded/suite.ts";
import { serve } from "@/bench/http/serve.ts";
import type { PlainFigures } from "@/bench/lists/plain.ts";
import type { ShopSize } from "@/bench/lists/shop.ts";
import { startStopwatch } from "@/bench/process_seconds.ts";
import { perSecond, type Report, reportLatency, showRate, timed, until } from "@/bench/report.ts";
import type { Posted, Posting } from "./post.ts";

/** The ratio of readers and books to acts of a public set of 652,514 acts. */
const [BOOKS, READERS] = [24_915 / 652_514, 70_679 / 652_514];
const LOAD = { batch: 500, connections: 2, everyMs: 50 };
const AT_MOST_MS = 30 * 60_000;

export async function benchLearn(report: Report, { acts }: Pick<Size, "acts">): Promise<void> {
  const size = { books: Math.ceil(BOOKS * acts), readers: Math.ceil(READERS * acts), acts };
  const shop = await openSuite();
  try {
    await bringBooks(shop, size);
    await learn(shop, size, report);
  } finally {
    await shop.close();
  }
  const { learn_ms } = await runAlone<PlainFigures>("lists/plain.ts", size, []);
  report.keep("plain_learn", learn_ms / 1000, "s");
  report.say(
    `baseline, the same formulas over plain maps in a process of its own: ${(learn_ms / 1000).toFixed(1)} s of ` +
      `processor time for lists of all books, made once`,
  );
}

async function learn({ suite, stores, adminToken }: Embedded, size: ShopSize, report: Report): Promise<void> {
  const server = await serve("web", suite.web.fetch);
  const start = await suite.recommendation.handled();
  const { marks } = stores.recommendation.at(1);
  try {
    const stop = await startStopwatch(undefined);
    let posted: Posted = { batches: [], singles: [] };
    let peakMb = 0;
    const watch = setInterval(() => peakMb = Math.max(peakMb, Deno.memoryUsage().rss / 2 ** 20), 500);
    let postedMs = 0;
    const tookMs = await timed(async () => {
      const posting: Posting = { url: server.url, token: adminToken, size, ...LOAD };
      postedMs = await timed(async () => {
        posted = await runAlone<Posted>("learn/post.ts", posting, ["--allow-net=127.0.0.1"]);
      });
      await until(async () => await suite.recommendation.handled() - start >= size.acts, 50, AT_MOST_MS);
      await until(async () => (await marks.oldest(1)).length === 0, 50, AT_MOST_MS);
    });
    clearInterval(watch);
    const used = (await stop(size.acts))["this process"]!;
    report.keep("learn", tookMs / 1000, "s");
    report.keep("learn_act", used, "us");
    report.keep("peak", peakMb, "MB");
    report.say(
      `${size.acts} acts of ${size.readers} readers on ${size.books} books over HTTP: posted in ` +
        `${(postedMs / 1000).toFixed(1)} s, in all lists after ${(tookMs / 1000).toFixed(1)} s ` +
        `(${showRate(perSecond(size.acts, tookMs))}), ${(used * size.acts / 1e6).toFixed(1)} s of processor time ` +
        `(${Math.round(used)} µs an act), ${Math.round(peakMb)} MB at most`,
    );
    reportLatency(report, { text: `batches of ${LOAD.batch}`, figure: "batch" }, posted.batches, [0.5, 0.95, 1]);
    reportLatency(report, { text: "single acts meanwhile", figure: "single" }, posted.singles, [0.5, 0.95, 1]);
  } finally {
    await server.close();
  }
}
