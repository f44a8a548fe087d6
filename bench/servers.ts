/**
 * The three services as processes on Kafka and a server of the MySQL protocol, beside bare kafkajs in the same run: the whole
 * pipeline, the trend projection alone, latencies, and what idle processes cost.
 */
import { Hono } from "hono";
import { dropDatabases } from "@/tests/support/mysql.ts";
import { killAll, ready, type Service, type Started } from "@/tests/support/processes.ts";
import { acts, BOOKS } from "./acts.ts";
import { bareKafka, messagesOf, produce } from "./kafka.ts";
import { benchProjection } from "./projection.ts";
import { benchFailover } from "./failover.ts";
import { handled } from "./handled.ts";
import { post, TOKEN } from "./post.ts";
import { benchSteady } from "./steady.ts";
import { percentile, rate, share, timed, until } from "./report.ts";
import { LOOKS, trends } from "./trends.ts";

const EVENTS = 50_000;
const BATCH = 500;
const BACKLOG = 100_000;
const CLIENTS = 2;

/** Runs everything against the servers and prints a line for each figure. */
export async function benchServers(name: string, brokers: string, url: string): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8);
  const folder = await Deno.makeTempDir();
  const env: Record<string, string> = {
    DATA_DIR: folder,
    ADMIN_TOKEN: TOKEN,
    KAFKA_BROKERS: brokers,
    KAFKA_PREFIX: `b${run}.`,
    MYSQL_URL: url,
    MYSQL_PREFIX: `b${run}_`,
    TREND_MIN_READERS: "1",
  };
  console.log(`\nthree processes on Kafka and ${name}`);
  const running = new Map<Service, Started>();
  const start = async (service: Service, more: Record<string, string> = {}) => {
    running.set(service, await ready(service, { ...env, ...more }));
  };
  const at = (service: Service) => running.get(service)!.url();
  try {
    await start("trend");
    await start("recommendation");
    await start("web", { TREND_URL: at("trend"), RECOMMENDATION_URL: at("recommendation") });
    await catalogue(folder, env);
    await until(async () => await handled(at("trend")) >= BOOKS && await handled(at("recommendation")) >= BOOKS, 50);

    const bare = await bareKafka(brokers, `bare${run}`, EVENTS, BACKLOG);
    const visible = await pipeline(at("web"), [at("trend"), at("recommendation")]);
    // How fast a machine is changes by the minute, so that the baseline is measured on both sides.
    const again = EVENTS / await produce(brokers, `bare${run}`, messagesOf(acts(EVENTS)));
    console.log(
      `that is ${share(visible, (bare.produced + again) / 2)} of what bare kafkajs produces: ${
        rate(bare.produced, 1)
      } before, ${rate(again, 1)} after`,
    );
    await benchSteady(at("web"), at("trend"));
    await atRest(running);
    await latency(at("web"), at("trend"));
    await routes(at("web"));
    await atRest(running);
    await idle(running);
    running.set("trend", await benchFailover(at("web"), running.get("trend")!, env));
    await benchProjection(brokers, url, run, BACKLOG, bare.consumed);
  } finally {
    await killAll(running.values());
    await dropDatabases(url, ["web", "trend", "recommendation"].map((one) => `b${run}_${one}`));
    await Deno.remove(folder, { recursive: true });
  }
}

async function catalogue(folder: string, env: Record<string, string>): Promise<void> {
  const file = `${folder}/books.jsonl`;
  const book = (at: number) => ({
    id: String(at + 1),
    title: `Book number ${at + 1}`,
    authors: [`Author ${at % 2500}`],
  });
  await Deno.writeTextFile(file, Array.from({ length: BOOKS }, (_, at) => JSON.stringify(book(at))).join("\n"));
  const took = await timed(async () => {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-P=service", "services/cli/import.ts", file, "--json"],
      env,
      stdout: "null",
    }).output();
    if (code !== 0) throw new Error(`the import ended with ${code}`);
  });
  console.log(`import while the suite runs: ${BOOKS} books in ${(took / 1000).toFixed(1)} s`);
}

/** Prints how fast acts come in and are visible; events per millisecond of the latter. */
async function pipeline(web: string, consumers: string[]): Promise<number> {
  const all = acts(EVENTS);
  const before = await Promise.all(consumers.map(handled));
  const from = performance.now();
  let next = 0;
  const client = async () => {
    while (next < EVENTS) await post(web, all.slice(next, next += BATCH));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const stored = performance.now() - from;
  await until(async () => {
    const now = await Promise.all(consumers.map(handled));
    return now.every((count, at) => count - before[at]! >= EVENTS);
  }, 100);
  const visible = performance.now() - from;
  console.log(
    `HTTP batches → outbox → Kafka → both projections: accepted ${rate(EVENTS, stored)}, visible in both ${
      rate(EVENTS, visible)
    }`,
  );
  return EVENTS / visible;
}

async function latency(web: string, trend: string): Promise<void> {
  const took: number[] = [];
  for (let at = 0; at < LOOKS; at++) {
    const book = at * 97 + 1;
    const shown = `number ${book}`;
    const from = performance.now();
    await (await fetch(`${web}/v1/books?q=${encodeURIComponent(shown)}`, { headers: { cookie: `reader=s${at}` } }))
      .text();
    await until(() => trends(trend, shown));
    took.push(performance.now() - from);
  }
  console.log(
    `search → its query in the trends, over HTTP: p50 ${percentile(took, 0.5)}, p95 ${percentile(took, 0.95)}`,
  );
}

async function routes(web: string): Promise<void> {
  const bare = new Hono();
  const constant = await (await fetch(`${web}/v1/books/1`)).json();
  bare.get("/v1/books/:id", (context) => context.json(constant));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => bare.fetch(request));
  const measure = async (path: (at: number) => string) => {
    let at = 0;
    const took = await timed(() =>
      Promise.all(Array.from({ length: 16 }, async () => {
        while (at < 4_000) await (await fetch(path(at++))).arrayBuffer();
      }))
    );
    return rate(4_000, took);
  };
  const baseline = `http://127.0.0.1:${server.addr.port}/v1/books/1`;
  await measure(() => baseline);
  console.log(
    `GET /v1/books/{id}: ${await measure((one) => `${web}/v1/books/${one % BOOKS + 1}`)}, ?q=: ${await measure((one) =>
      `${web}/v1/books?q=number+${one % BOOKS + 1}`
    )}; a bare Hono route, by the same client: ${await measure(() => baseline)}`,
  );
  await server.shutdown();
}

/** Waits until nothing is left of what was done before: neighbour lists follow for a while. */
const atRest = (running: Map<Service, Started>): Promise<void> =>
  until(async () => (await used(running, 3)).every((share) => share < 10));

/** Prints the processor time of idle processes over thirty seconds, once their runtime has tidied up after the load. */
async function idle(running: Map<Service, Started>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const shares = await used(running, 30);
  const each = [...running.keys()].map((name, at) => `${name} ${shares[at]!.toFixed(1)} %`);
  console.log(`idle, of one core: ${each.join(", ")}`);
}

/** The processor time of each process, in hundredths of one core, over so many seconds. */
async function used(running: Map<Service, Started>, seconds: number): Promise<number[]> {
  const all = () => Promise.all([...running.values()].map(({ pid }) => ticks(pid)));
  const before = await all();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return (await all()).map((after, at) => (after - before[at]!) / seconds);
}

/** Processor time of a process, in hundredths of a second. Read by another program, as Deno lets none look into /proc. */
async function ticks(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/stat`] }).output();
  const fields = new TextDecoder().decode(stdout).split(") ")[1]!.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
