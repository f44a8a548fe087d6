/** How fast the web service answers over HTTP, beside a bare route that the same client asks. */
import { BOOKS } from "@/bench/acts.ts";
import { startHono } from "@/bench/bare/hono.ts";
import { perSecond, type Report, showRate, timed } from "@/bench/report.ts";
import type { Shop } from "./processes.ts";

const REQUESTS = 4_000;
const CLIENTS = 16;

export async function measureRoutes({ urlOf }: Shop, report: Report): Promise<void> {
  const web = urlOf("web");
  const bare = await startHono(await (await fetch(`${web}/v1/books/1`)).json());
  try {
    const baseline = () => `${bare.url}/v1/books/1`;
    await ask(baseline);
    const book = await ask((at) => `${web}/v1/books/${at % BOOKS + 1}`);
    const search = await ask((at) => `${web}/v1/books?q=number+${at % BOOKS + 1}`);
    const hono = await ask(baseline);
    report.keep("book", book, "1/s");
    report.keep("search", search, "1/s");
    report.keep("hono", hono, "1/s");
    report.say(
      `GET /v1/books/{id}: ${showRate(book)}, ?q=: ${showRate(search)}; a bare Hono route in a process of its own, ` +
        `by the same client: ${showRate(hono)}`,
    );
  } finally {
    await bare.stop();
  }
}

/** Answers a second. */
async function ask(url: (at: number) => string): Promise<number> {
  let at = 0;
  const client = async () => {
    while (at < REQUESTS) await (await fetch(url(at++))).arrayBuffer();
  };
  return perSecond(REQUESTS, await timed(() => Promise.all(Array.from({ length: CLIENTS }, client))));
}
