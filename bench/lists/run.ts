/** Lists of readers over HTTP, 16 at a time, beside the same formulas over plain maps without store or socket. */
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { runAlone } from "@/bench/bare/run.ts";
import { bringBooks } from "@/bench/embedded/bring_books.ts";
import { type Embedded, openSuite } from "@/bench/embedded/suite.ts";
import { serve } from "@/bench/http/serve.ts";
import { startStopwatch } from "@/bench/process_seconds.ts";
import { perSecond, type Report, reportLatency, showRate, timed, until } from "@/bench/report.ts";
import { inBatches } from "@/bench/views.ts";
import type { PlainFigures } from "./plain.ts";
import { actsOf, readerId, type ShopSize } from "./shop.ts";

const SIZE: ShopSize = { books: 10_000, readers: 2_000, acts: 100_000 };
const LISTS = 4_000;
const CONNECTIONS = 16;
const ACTS_PER_REQUEST = 500;
/** What is learned while lists are asked for. */
const MEANWHILE = { acts: 1, everyMs: 100 };
const AT_MOST_MS = 10 * 60_000;

export async function benchLists(report: Report): Promise<void> {
  const shop = await openSuite();
  try {
    await bringBooks(shop, SIZE);
    const acts = actsOf({ ...SIZE, acts: Infinity });
    for (const some of inBatches(Array.from({ length: SIZE.acts }, () => acts.next().value!), ACTS_PER_REQUEST)) {
      await act(shop, some);
    }
    const { suite, stores } = shop;
    await until(async () => await suite.recommendation.handled() >= SIZE.books + SIZE.acts, 50, AT_MOST_MS);
    await until(async () => (await stores.recommendation.at(1).marks.oldest(1)).length === 0, 50, AT_MOST_MS);
    await measureHttp(shop, acts, report);
  } finally {
    await shop.close();
  }
  const { learn_ms, list_us } = await runAlone<PlainFigures>("lists/plain.ts", SIZE, []);
  report.keep("plain_learn", learn_ms, "ms");
  report.keep("plain_list", list_us, "us");
  report.say(
    `baseline, the same formulas over plain maps in a process of its own: learned in ${
      (learn_ms / 1000).toFixed(1)
    } s, ` +
      `${Math.round(list_us)} µs a list`,
  );
}

type Act = ReturnType<typeof actsOf> extends Generator<infer Item> ? Item : never;

async function act({ suite, adminToken }: Embedded, acts: Act[]): Promise<void> {
  const request = new Request("http://bench.test/v1/events", {
    method: "POST",
    body: JSON.stringify(acts.map(({ id, data }) => ({ id, type: "shelved", ...data }))),
    headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
  });
  const response = await suite.web.fetch(request);
  const text = await response.text();
  if (response.status !== 202 || !text.includes('"rejected":[]')) throw new Error(`${response.status}: ${text}`);
}

async function measureHttp(shop: Embedded, acts: Iterator<Act>, report: Report): Promise<void> {
  const server = serve("recommendation", shop.suite.recommendation.fetch);
  const ask = (count: number): Promise<number[]> => {
    const paths = Array.from(
      { length: count },
      (_, at) => `/v1/readers/${readerId(at * 7919 % SIZE.readers)}/recommendations?limit=20`,
    );
    return server.ask({ paths, connections: CONNECTIONS, headers: { authorization: `Bearer ${shop.adminToken}` } });
  };
  const measure = async (text: string, figure: string, lists = LISTS) => {
    const stop = await startStopwatch(undefined);
    let took: number[] = [];
    const tookMs = await timed(async () => void (took = await ask(lists)));
    const used = (await stop(lists))["this process"]!;
    reportLatency(report, { text, figure }, took, [0.5, 0.95, 1]);
    report.keep(`${figure}_processor`, used, "us");
    report.say(`${showRate(perSecond(lists, tookMs))}, ${Math.round(used)} µs of processor time a list`);
  };
  try {
    // Books, neighbours and statements are read for the first time.
    await measure("first list of each reader, 16 at a time", "first_list", SIZE.readers);
    await measure("lists of 20, 16 at a time", "list");
    const stopLearning = keepActing(shop, acts);
    await measure(
      `the same while ${MEANWHILE.acts * 1_000 / MEANWHILE.everyMs} acts a second are learned`,
      "list_learning",
    );
    await stopLearning();
  } finally {
    await server.close();
  }
}

/** Acts now and then until it is stopped. */
function keepActing(shop: Embedded, acts: Iterator<Act>): () => Promise<void> {
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await act(shop, Array.from({ length: MEANWHILE.acts }, () => acts.next().value!));
      await clock.sleep(MEANWHILE.everyMs, stopping.signal);
    }
  })();
  return async () => {
    stopping.abort();
    await done;
  };
}
