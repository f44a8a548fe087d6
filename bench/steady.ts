/** How long an act takes from its POST until everybody sees it, while others come at a steady rate. */
import { acts } from "./acts.ts";
import { post } from "./post.ts";
import { percentile, rate, until } from "./report.ts";
import { LOOKS, trends } from "./trends.ts";

/** So many events a batch, so often (ms); looks are one at a time and so far apart (ms). */
const LOAD = { events: 50, every: 50 };
const APART = 150;
/** None of the acts that came before. */
const FROM = 100_000;

/** Prints the time from a search's POST until its query is in the trends, at 1,000 other events a second. */
export async function benchSteady(web: string, trend: string): Promise<void> {
  const took: number[] = [];
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  let over = false;
  let sent = 0;
  const from = performance.now();
  const load = (async () => {
    const pending: Promise<void>[] = [];
    const all = acts(50_000, FROM);
    while (!over) {
      pending.push(post(web, all.slice(sent, sent += LOAD.events)));
      await pause(Math.max(0, from + sent / LOAD.events * LOAD.every - performance.now()));
    }
    await Promise.all(pending);
  })();
  for (let at = 0; at < LOOKS; at++) {
    const query = `number ${5_000 + at * 3}`;
    const begun = performance.now();
    await post(web, [{ type: "searched", reader: `steady${at}`, query }]);
    await until(() => trends(trend, query), 5);
    took.push(performance.now() - begun);
    await pause(APART);
  }
  over = true;
  const seconds = performance.now() - from;
  await load;
  console.log(
    `at ${rate(sent, seconds)}: POST of a search → its query in the trends: p50 ${percentile(took, 0.5)}, p95 ${
      percentile(took, 0.95)
    }, most ${percentile(took, 1)}`,
  );
}
