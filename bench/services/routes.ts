/** How fast the web service answers over HTTP, beside a bare route that the same client asks. */
import { BOOKS } from "@/bench/acts.ts";
import { startHono } from "@/bench/bare/hono.ts";
import { perSecond, type Report, showRate, timed } from "@/bench/report.ts";
import type { Shop } from "./processes.ts";

const REQUESTS = 4_000;
const CLIENTS = 20;
/** What a browser says of a page that nobody has asked for yet; the search is not recorded. */
const PREFETCH = { "sec-purpose": "prefetch" };

export async function measureRoutes({ urlOf }: Shop, report: Report): Promise<void> {
  const web = urlOf("web");
  const bare = await startHono(await (await fetch(`${web}/v1/books/1`)).json());
  try {
    const baseline = () => `${bare.url}/v1/books/1`;
    await ask(baseline);
    const book = await ask((at) => `${web}/v1/books/${at % BOOKS + 1}`);
    const searchUrl = (at: number) => `${web}/v1/books?q=number+${at % BOOKS + 1}`;
    const search = await ask(searchUrl);
    const unrecorded = await ask(searchUrl, PREFETCH);
    const hono = await ask(baseline);
    report.keep("book", book, "1/s");
    report.keep("search", search, "1/s");
    report.keep("unrecorded search", unrecorded, "1/s");
    report.keep("hono", hono, "1/s");
    report.say(
      `GET /v1/books/{id}: ${showRate(book)}, ?q=: ${showRate(search)}, the same not recorded: ` +
        `${showRate(unrecorded)}; a bare Hono route in a process of its own, ` +
        `by the same client: ${showRate(hono)}`,
    );
  } finally {
    await bare.stop();
  }
}

/** Answers a second. */
async function ask(url: (at: number) => string, headers: HeadersInit = {}): Promise<number> {
  let at = 0;
  const client = async () => {
    while (at < REQUESTS) await (await fetch(url(at++), { headers })).arrayBuffer();
  };
  return perSecond(REQUESTS, await timed(() => Promise.all(Array.from({ length: CLIENTS }, client))));
}
