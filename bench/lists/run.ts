/** Lists of readers over HTTP, 16 at a time, beside the same formulas over plain maps without store or socket. */
import { openRecommendationStore } from "@/adapters/sqlite/recommendation_store.ts";
import { CAPACITY } from "@/adapters/http/base/capacity.ts";
import { createMemoryLog } from "@/adapters/memory/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { startEngine } from "@/application/recommendation/engine.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { projectRecommendations } from "@/application/recommendation/project_recommendations.ts";
import { noTelemetry } from "@/application/telemetry.ts";
import { startStopwatch } from "@/bench/process_seconds.ts";
import { perSecond, type Report, reportLatency, showRate, timed } from "@/bench/report.ts";
import { connectionLimits } from "@/services/connection_limits.ts";
import { listen } from "@/services/listen.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { readSettings } from "@/services/settings.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { actsOf, booksOf, readerId, type RecommendationEvent, type ShopSize } from "./shop.ts";

const SIZE: ShopSize = { books: 10_000, readers: 2_000, acts: 100_000 };
const LISTS = 4_000;
const CONNECTIONS = 16;
const EVENTS_PER_CHUNK = 1_000;
const TOKEN = "a-token-of-the-benchmark";

export async function benchLists(report: Report): Promise<void> {
  const folder = await Deno.makeTempDir();
  const store = openRecommendationStore({ path: `${folder}/recommendation.db`, clock });
  try {
    await learn(store, report);
    await measureHttp(store, folder, report);
    const { learn_ms, list_us } = await runPlain(folder);
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

async function learn(store: RecommendationStore, report: Report): Promise<void> {
  const { uow, readers, marks } = store.at(1);
  const project = async (events: RecommendationEvent[]) => {
    for (let at = 0; at < events.length; at += EVENTS_PER_CHUNK) {
      await uow.run((stores) => projectRecommendations(events.slice(at, at + EVENTS_PER_CHUNK), stores));
    }
  };
  await project([...booksOf(SIZE)]);
  const stop = await startStopwatch(undefined);
  const parts = { uow, readers, marks, leases: store.leases, changes: store.changes(), clock, logger };
  const engine = startEngine({ ...parts, version: 1, owner: "bench" });
  const tookMs = await timed(async () => {
    await project([...actsOf(SIZE)]);
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

async function measureHttp(store: RecommendationStore, folder: string, report: Report): Promise<void> {
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
  const limits = connectionLimits(readSettings({}, []), 1);
  const server = await listen({
    name: "recommendation",
    hostname: "127.0.0.1",
    port: 0,
    telemetry: noTelemetry,
    logger,
    limits,
    trustedProxies: [],
  });
  server.serve(service.fetch);
  const ask = async (count: number): Promise<number[]> => {
    const paths = Array.from(
      { length: count },
      (_, at) => `/v1/readers/${readerId(at * 7919 % SIZE.readers)}/recommendations?limit=20`,
    );
    const headers = { authorization: `Bearer ${TOKEN}` };
    const load = { url: server.url, paths, connections: CONNECTIONS, headers };
    await Deno.writeTextFile(`${folder}/load.json`, JSON.stringify(load));
    const permissions = [`--allow-read=${folder}`, "--allow-net=127.0.0.1"];
    return await runScript([...permissions, "bench/search/load.ts", `${folder}/load.json`]);
  };
  try {
    await ask(LISTS / 4);
    const stop = await startStopwatch(undefined);
    let took: number[] = [];
    const tookMs = await timed(async () => void (took = await ask(LISTS)));
    const used = (await stop(LISTS))["this process"]!;
    reportLatency(report, { text: "lists of 20, 16 at a time", figure: "list" }, took, [0.5, 0.95, 1]);
    report.keep("list_processor", used, "us");
    report.say(`${showRate(perSecond(LISTS, tookMs))}, ${Math.round(used)} µs of processor time a list`);
  } finally {
    await server.close();
    await service.stop();
  }
}

async function runPlain(folder: string): Promise<{ learn_ms: number; list_us: number }> {
  await Deno.writeTextFile(`${folder}/size.json`, JSON.stringify(SIZE));
  return await runScript([`--allow-read=${folder}`, "bench/lists/plain.ts", `${folder}/size.json`]);
}

async function runScript<Value>(script: string[]): Promise<Value> {
  const args = ["run", "--quiet", "--no-check", "--no-prompt", ...script];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
  if (!success) throw new Error(`${script.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
