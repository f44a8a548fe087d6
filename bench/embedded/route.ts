/** How fast the embedded suite answers one request, without a socket. */
import { runHono } from "@/bench/bare/hono.ts";
import { perSecond, type Report, showRate, timed } from "@/bench/report.ts";
import { ask, type Embedded } from "./suite.ts";

const REQUESTS = 20_000;

export async function measureRoute({ stores, suite }: Embedded, report: Report): Promise<void> {
  const book = await stores.web.shelf.get("1");
  const answer = async () => {
    for (let at = 0; at < REQUESTS; at++) await (await ask(suite.web, `/v1/books/${at % 5_000 + 1}`)).arrayBuffer();
  };
  await answer();
  const before = await runHono(book, REQUESTS);
  const own = perSecond(REQUESTS, await timed(answer));
  const after = await runHono(book, REQUESTS);
  report.keep("book", own, "1/s");
  report.keep("hono", (before + after) / 2, "1/s");
  report.say(
    `GET /v1/books/{id} without a socket: ${showRate(own)}; baseline, a bare Hono route with a constant, ` +
      `in a process of its own: ${showRate(before)} before, ${showRate(after)} after`,
  );
}
