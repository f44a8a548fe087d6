/** Lists of readers over HTTP, 16 at a time, beside the same formulas over plain maps without store or socket. */
import { openRecommendationStore } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { CAPACITY } from "@/adapters/http/base/limits/capacity.ts";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { startEngine } from "@/application/recommendation/engine/engine.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { runAlone } from "@/bench/bare/run.ts";
import { serve } from "@/bench/http/serve.ts";
import { startStopwatch } from "@/bench/process_seconds.ts";
import { perSecond, type Report, reportLatency, showRate, timed } from "@/bench/report.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import type { PlainFigures } from "./plain.ts";
import { actsOf, booksOf, readerId, type RecommendationEvent, type ShopSize } from "./shop.ts";

const SIZE: ShopSize = { books: 10_000, readers: 2_000, acts: 100_000 };
const LISTS = 4_000;
const CONNECTIONS = 16;
const EVENTS_PER_CHUNK = 1_000;
/** What is learned while lists are asked for. */
const MEANWHILE = { acts: 1, everyMs: 100 };
const TOKEN = "a-token-of-the-benchmark";

export async function benchLists(report: Report): Promise<void> {
  const folder = await Deno.makeTempDir();
  const store = openRecommendationStore({ path: `${folder}/recommendation.db`, clock });
  try {
    await learn(store, report);
    await measureHttp(store, report);
    const { learn_ms, list_us } = await runAlone<PlainFigures>("lists/plain.ts", SIZE, []);
    report.keep("plain_learn", learn_ms, "ms");
    report.keep("plain_list", list_us, "us");
    report.say(
      `baseline, the same formulas over plain maps in a process of its own: learned in ${
        (learn_ms / 1000).toFixed(1)
      } s, ` +
        `${Math.round(list_us)} µs a list`,
    );
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function project(store: RecommendationStore, events: RecommendationEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += EVENTS_PER_CHUNK) {
    await store.at(1).uow.run((stores) => projectRecommendations(events.slice(at, at + EVENTS_PER_CHUNK), stores));
  }
}

function follow(store: RecommendationStore) {
  const { uow, readers, marks, books, settings } = store.at(1);
  const parts = { uow, readers, marks, books, settings, leases: store.leases, changes: store.changes(), clock, logger };
  return startEngine({ ...parts, version: 1, owner: "bench" });
}

async function learn(store: RecommendationStore, report: Report): Promise<void> {
  await project(store, [...booksOf(SIZE)]);
  const stop = await startStopwatch(undefined);
  const engine = follow(store);
  const tookMs = await timed(async () => {
    await project(store, [...actsOf(SIZE)]);
    while (!(await engine.idle())) await clock.sleep(5);
  });
  await engine.stop();
  const used = (await stop(SIZE.acts))["this process"]!;
  report.keep("learn", tookMs, "ms");
  report.keep("learn_act", used, "us");
  report.say(
    `${SIZE.acts} acts of ${SIZE.readers} readers learned live in ${(tookMs / 1000).toFixed(1)} s, ` +
      `${Math.round(used)} µs of processor time an act`,
  );
}

async function measureHttp(store: RecommendationStore, report: Report): Promise<void> {
  const log = createMemoryLog({ now: clock.now });
  const service = await startRecommendation({
    store,
    log,
    role: "api",
    // Nothing is refused, so that slow lists are seen as such.
    http: { capacity: { ...CAPACITY, longestWaitMs: 60_000 } },
    adminToken: TOKEN,
    clock,
    ids,
    logger,
  });
  const server = serve("recommendation", service.fetch);
  const ask = (count: number): Promise<number[]> => {
    const paths = Array.from(
      { length: count },
      (_, at) => `/v1/readers/${readerId(at * 7919 % SIZE.readers)}/recommendations?limit=20`,
    );
    return server.ask({ paths, connections: CONNECTIONS, headers: { authorization: `Bearer ${TOKEN}` } });
  };
  const measure = async (text: string, figure: string) => {
    const stop = await startStopwatch(undefined);
    let took: number[] = [];
    const tookMs = await timed(async () => void (took = await ask(LISTS)));
    const used = (await stop(LISTS))["this process"]!;
    reportLatency(report, { text, figure }, took, [0.5, 0.95, 1]);
    report.keep(`${figure}_processor`, used, "us");
    report.say(`${showRate(perSecond(LISTS, tookMs))}, ${Math.round(used)} µs of processor time a list`);
  };
  try {
    await ask(LISTS / 4);
    await measure("lists of 20, 16 at a time", "list");
    const { acts, everyMs } = MEANWHILE;
    const stopLearning = keepLearning(store);
    await measure(`the same while ${acts * 1_000 / everyMs} acts a second are learned`, "list_learning");
    await stopLearning();
  } finally {
    await server.close();
    await service.stop();
  }
}

/** Learns some acts now and then until it is stopped. The acts' times go on from those that are there. */
function keepLearning(store: RecommendationStore): () => Promise<void> {
  const engine = follow(store);
  const stopping = new AbortController();
  const done = (async () => {
    const more = actsOf({ ...SIZE, acts: Infinity });
    for (let at = 0; at < SIZE.acts; at++) more.next();
    while (!stopping.signal.aborted) {
      await project(store, Array.from({ length: MEANWHILE.acts }, () => more.next().value!));
      await clock.sleep(MEANWHILE.everyMs, stopping.signal);
    }
  })();
  return async () => {
    stopping.abort();
    await done;
    await engine.stop();
  };
}
