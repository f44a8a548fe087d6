/** How long a search takes until it is in the trends, while nothing else happens. */
import { type Report, reportLatency, until } from "@/bench/report.ts";
import type { Shop } from "./processes.ts";
import { waitForRest } from "./processor_time.ts";
import { LOOKS, trends } from "./trends.ts";

export async function measureSearches({ running, urlOf }: Shop, report: Report): Promise<void> {
  await waitForRest(running);
  const took: number[] = [];
  for (let at = 0; at < LOOKS; at++) {
    const shown = `number ${at * 97 + 1}`;
    const path = `/v1/books?q=${encodeURIComponent(shown)}`;
    const page = await fetch(urlOf("web"));
    await page.text();
    const cookie = page.headers.get("set-cookie")!.split(";")[0]!;
    const from = performance.now();
    await (await fetch(`${urlOf("web")}${path}`, { headers: { cookie } })).text();
    await until(() => trends(urlOf("trend"), shown));
    took.push(performance.now() - from);
  }
  const text = "search → its query in the trends, over HTTP";
  reportLatency(report, { text, figure: "search_seen" }, took, [0.5, 0.95]);
}
