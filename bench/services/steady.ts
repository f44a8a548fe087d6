/** How long an act takes from its POST until everybody sees it, while others come at a steady rate. */
import { acts } from "@/bench/acts.ts";
import { perSecond, type Report, reportLatency, showRate, until } from "@/bench/report.ts";
import { post } from "./post.ts";
import type { Shop } from "./processes.ts";
import { LOOKS, trends } from "./trends.ts";

const LOAD = { events: 50, everyMs: 50 };
/** Requests that wait for their answer at once: beyond it the load waits, as a server that answers late is given no more. */
const MAX_PENDING = 8;
/** Between two looks, which are one at a time. */
const PAUSE_MS = 150;
/** None of the acts that came before. */
const FROM = 100_000;

/** Prints the time from a search's POST until its query is in the trends, at 1,000 other events a second. */
export async function measureSteady({ urlOf }: Shop, report: Report): Promise<void> {
  const [web, trend] = [urlOf("web"), urlOf("trend")];
  const took: number[] = [];
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  let over = false;
  let sent = 0;
  const from = performance.now();
  const load = (async () => {
    const pending = new Set<Promise<unknown>>();
    while (!over) {
      const posted = post(web, acts(LOAD.events, FROM + sent)).finally(() => pending.delete(posted));
      pending.add(posted);
      if (pending.size >= MAX_PENDING) await Promise.race(pending);
      sent += LOAD.events;
      await pause(Math.max(0, from + sent / LOAD.events * LOAD.everyMs - performance.now()));
    }
    await Promise.all(pending);
  })();
  for (let at = 0; at < LOOKS; at++) {
    const query = `number ${5_000 + at * 3}`;
    const begun = performance.now();
    await post(web, [{ type: "searched", reader: `steady${at}`, query }]);
    await until(() => trends(trend, query), 5);
    took.push(performance.now() - begun);
    await pause(PAUSE_MS);
  }
  over = true;
  const speed = perSecond(sent, performance.now() - from);
  await load;
  const text = `at ${showRate(speed)}: POST of a search → its query in the trends`;
  reportLatency(report, { text, figure: "search_seen_under_load" }, took, [0.5, 0.95, 1]);
}
