import { createRandom } from "@/tests/faults/random.ts";
import { type Act, booksByReader, readActs } from "./acts.ts";
import { Judge, type Judgement } from "./judge.ts";
import { stream } from "./stream.ts";
import { openTaughtShop, type TaughtShop } from "./taught_shop.ts";

export type RecommendationOptions = {
  train: string;
  test?: string;
  protocol: "split" | "stream";
  books?: string;
  map: string;
  seed: string;
  every: string;
  behind: string;
  store: "sqlite" | "memory";
  json?: true;
};
type Split = { train: Act[]; test: Act[] };

/** Learns the first file, asks for 20 books for each reader of the second, or before each of its acts, and prints the figures. */
export async function recommendationQuality(options: RecommendationOptions): Promise<void> {
  const { protocol, store, books } = options;
  const split = protocol === "stream" ? await readStream(options) : await readSplit(options);
  const ids = new Set([...split.train, ...split.test].map(({ book }) => book));
  const shop = await openTaughtShop(store);
  try {
    await shop.addBooks(ids, books);
    const asked = performance.now();
    const judge = protocol === "stream" ? await judgeStream(shop, split, options) : await judgeSplit(shop, split);
    const figures = judge.figures(ids.size);
    const { learnSeconds, peakMb } = shop.spent();
    const listMs = ((performance.now() - asked) / 1000 - learnSeconds) * 1000 / Math.max(1, figures.readers);
    print(figures, { learnSeconds, peakMb, listMs }, options);
  } finally {
    await shop.close();
  }
}

/** Without a test file a fifth of the acts is held back, drawn by the seed: settings are chosen on that. */
async function readSplit({ train, test, seed, map }: RecommendationOptions): Promise<Split> {
  const acts = readActs(await Deno.readTextFile(train), map);
  if (test !== undefined) return { train: acts, test: readActs(await Deno.readTextFile(test), map) };
  console.log(`validation: a fifth of ${train} held back, seed ${seed}`);
  const random = createRandom(Number(seed));
  const parts = Map.groupBy(acts, () => random.chance(0.2) ? "test" : "train");
  return { train: parts.get("train") ?? [], test: parts.get("test") ?? [] };
}

/** Without a test file the first one is streamed. Acts without times are as far apart as lines. */
async function readStream({ train, test, map }: RecommendationOptions): Promise<Split> {
  const acts = readActs(await Deno.readTextFile(train), map);
  if (test === undefined) return { train: [], test: inTime(acts, 0) };
  return { train: acts, test: inTime(readActs(await Deno.readTextFile(test), map), acts.length) };
}

function inTime(acts: Act[], after: number): Act[] {
  const timed = acts.some(({ time }) => time !== 0) ? acts : acts.map((act, at) => ({ ...act, time: after + at + 1 }));
  return timed.toSorted((a, b) => a.time - b.time);
}

async function judgeSplit(shop: TaughtShop, { train, test }: Split): Promise<Judge> {
  const judge = new Judge(shop.areAlike);
  await shop.project(train);
  await shop.refresh({ entirely: true });
  for (const act of train) judge.learn(act);
  for (const [reader, wanted] of booksByReader(test)) judge.add(reader, await shop.list(reader), wanted);
  return judge;
}

function judgeStream(shop: TaughtShop, { train, test }: Split, { every, behind }: RecommendationOptions) {
  const onProgress = (done: number, of: number) => console.error(`${done} of ${of} steps`);
  return stream(shop, { learned: train, acts: test }, { every: Number(every), behind: Number(behind), onProgress });
}

function print(
  figures: Judgement,
  { learnSeconds, peakMb, listMs }: { learnSeconds: number; peakMb: number; listMs: number },
  { json, store, protocol }: RecommendationOptions,
): void {
  const { readers, recall20, hr20, ndcg20, coverage20, tail20, true20, leaks, empty } = figures;
  const found = protocol === "stream" ? `HR@20 ${hr20.toFixed(4)}` : `R@20 ${recall20.toFixed(4)}`;
  console.log(`${readers} lists on ${store}: ${found}  N@20 ${ndcg20.toFixed(4)}`);
  console.log(`coverage@20 ${coverage20.toFixed(3)}, ${leaks} known books listed, ${empty} empty lists`);
  console.log(`long tail ${tail20.toFixed(3)} of what is listed, ${true20.toFixed(4)} with a true reason`);
  console.log(
    `learned in ${learnSeconds.toFixed(1)} s, ${listMs.toFixed(1)} ms a list, ${peakMb.toFixed(0)} MB at most`,
  );
  if (json !== true) return;
  const measured = { learn_s: learnSeconds, peak_mb: peakMb, list_ms: listMs };
  const of = { recall20, hr20, ndcg20, coverage20, tail20, true20, leaks, empty };
  console.log(JSON.stringify({ protocol, lists: readers, ...of, ...measured, store }, rounded));
}

const rounded = (_: string, value: unknown) => typeof value === "number" ? Number(value.toFixed(4)) : value;
