/** What a service still does when it is asked twice as much as it can, beside the same service that admits everybody. */
import { killAll, operate, ready } from "@/tests/support/processes/processes.ts";
import { makeRows } from "./embedded/catalogue.ts";
import { perSecond, type Report, reportLatency, showRate, showShare } from "./report.ts";

const BOOKS = 20_000;
const CLIENTS = 16;
const WARM_MS = 3_000;
const LASTS_MS = 10_000;
const PROBE_EVERY_MS = 100;
/** How long a client waits; whoever has left counts as unanswered. */
const PATIENCE_MS = 10_000;
/** What a browser says of a page that nobody has asked for yet; the search is not recorded. */
const PREFETCH = { "sec-purpose": "prefetch" };
/** All clients come from one address. */
const SETTINGS = {
  SAMPLE_CATALOGUE: "off",
  LOG_LEVEL: "error",
  CONNECTIONS_MOST: "8192",
  CLIENT_CONNECTIONS_MOST: "4096",
  CLIENT_RATE: "0",
};
/** So many that nobody is refused. */
const OPEN_DOOR = { REQUESTS_MOST: "10000", REQUESTS_WAITING_MOST: "100000", REQUESTS_WAITING_MS: "60000" };

type Seen = { took: number[]; shed: number; unanswered: number };

export async function benchOverload(report: Report): Promise<void> {
  for (const [name, env] of [["as set", {}], ["baseline, which admits everybody", OPEN_DOOR]] as const) {
    await measure(name, env, report);
  }
}

async function measure(name: string, env: Record<string, string>, report: Report): Promise<void> {
  const folder = await Deno.makeTempDir();
  await bringBooks(folder);
  const suite = await ready("suite", { DATA_DIR: folder, ...SETTINGS, ...env });
  try {
    const url = suite.url("web");
    await keepAsking(url, WARM_MS);
    const calm = await keepAsking(url, LASTS_MS);
    const best = perSecond(calm.took.length, LASTS_MS);
    const probes = startProbes(url);
    const crowded = await askAtRate(url, 2 * best, LASTS_MS);
    const probed = await probes.stop();
    const good = perSecond(crowded.took.length, LASTS_MS);
    const asked = crowded.took.length + crowded.shed + crowded.unanswered;
    const figure = name === "as set" ? "" : "open_";
    report.keep(`${figure}best`, best, "1/s");
    report.keep(`${figure}goodput`, good, "1/s");
    report.say(
      `${name}: ${showRate(best)} at best (${CLIENTS} clients, ${calm.shed} of them shed); asked twice as much: ` +
        `${showRate(good)} (${showShare(good, best)}), ${showShare(crowded.shed, asked)} answered 503, ` +
        `${showShare(crowded.unanswered, asked)} not answered in ${PATIENCE_MS / 1_000} s`,
    );
    reportLatency(report, { text: "  what is answered", figure: `${figure}search` }, crowded.took, [0.5, 0.99, 1]);
    reportLatency(report, { text: "  /livez and /readyz meanwhile", figure: `${figure}probe` }, probed, [0.5, 0.99, 1]);
  } finally {
    await killAll([suite]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function bringBooks(folder: string): Promise<void> {
  const file = `${folder}/books.jsonl`;
  const lines: string[] = [];
  for await (const row of makeRows(BOOKS)) if ("columns" in row) lines.push(JSON.stringify(row.columns));
  await Deno.writeTextFile(file, lines.join("\n"));
  const { code, err } = await operate("import", [file, "--json"], { DATA_DIR: folder });
  if (code !== 0) throw new Error(`the import failed: ${err}`);
}

const WORDS = ["baco", "dufe", "giha", "joku", "lemi", "napo", "ruse", "tivo"];
const searchUrl = (url: string, at: number) => `${url}/v1/books?q=the+${WORDS[at % WORDS.length]}+${at % 97}&facets=1`;

async function ask(url: string, seen: Seen): Promise<void> {
  const from = performance.now();
  try {
    const response = await fetch(url, { headers: PREFETCH, signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    if (response.ok) seen.took.push(performance.now() - from);
    else seen.shed++;
  } catch {
    seen.unanswered++;
  }
}

/** Clients of whom each asks again once it is answered. */
async function keepAsking(url: string, lastsMs: number): Promise<Seen> {
  const seen: Seen = { took: [], shed: 0, unanswered: 0 };
  const until = performance.now() + lastsMs;
  let at = 0;
  const client = async () => {
    while (performance.now() < until) await ask(searchUrl(url, at++), seen);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return seen;
}

/** Clients who come whether others are answered or not. Only what is answered in this time counts as good. */
async function askAtRate(url: string, rate: number, lastsMs: number): Promise<Seen> {
  const seen: Seen = { took: [], shed: 0, unanswered: 0 };
  const from = performance.now();
  const asked: Promise<void>[] = [];
  for (let now = 0; now < lastsMs; now = performance.now() - from) {
    while (asked.length < rate * now / 1_000) asked.push(ask(searchUrl(url, asked.length), seen));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const inTime = seen.took.length;
  await Promise.all(asked);
  seen.unanswered += seen.took.length - inTime;
  seen.took.length = inTime;
  return seen;
}

function startProbes(url: string) {
  const took: number[] = [];
  let isOver = false;
  const done = (async () => {
    for (let at = 0; !isOver; at++) {
      const from = performance.now();
      const response = await fetch(`${url}/${at % 2 === 0 ? "livez" : "readyz"}`).catch(() => undefined);
      await response?.arrayBuffer();
      took.push(response?.ok === true ? performance.now() - from : PATIENCE_MS);
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return took;
    },
  };
}
