import { defined } from "@/application/defined.ts";
import { createRandom } from "@/application/shared/random.ts";
import { type Act, booksByReader, readActs } from "./acts.ts";
import { Judge, type Judgement } from "./judge.ts";
import { stream } from "./stream.ts";
import { openTaughtShop, type TaughtShop } from "./taught_shop.ts";
import { tuneShop } from "./tune_shop.ts";

export type RecommendationOptions = {
  train: string;
  test?: string;
  protocol: "split" | "stream";
  books?: string;
  map: string;
  seed: string;
  every: string;
  behind: string;
  /** A stream tunes when the service would do so by itself. */
  tune: "on" | "off";
  minutes: string;
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
    const judged = (lists: Lists) => measured(shop, ids.size, lists);
    const report = (figures: Measured) => print(figures, options);
    if (protocol === "stream") {
      const figures = await judged(() => judgeStream(shop, split, options));
      report(figures);
      return printJson(figures, options);
    }
    await shop.project(split.train);
    await shop.refresh({ entirely: true });
    const plain = await judged(() => judgeSplit(shop, split));
    report(plain);
    if (options.tune === "off") return printJson(plain, options);
    const { seconds, isTaken } = await tuneShop(shop, options);
    const tuned = isTaken ? await judged(() => judgeSplit(shop, split)) : plain;
    if (isTaken) report(tuned);
    printJson({ ...tuned, tuneSeconds: seconds, peakMb: shop.spent().peakMb }, options);
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

async function judgeSplit(shop: TaughtShop, { train, test }: Split) {
  const judge = new Judge(shop.areAlike);
  for (const act of train) judge.learn(act);
  for (const [reader, wanted] of booksByReader(test)) judge.add(reader, await shop.list(reader), wanted);
  return { judge };
}

async function judgeStream(shop: TaughtShop, { train, test }: Split, options: RecommendationOptions) {
  const onProgress = (done: number, of: number) => console.error(`${done} of ${of} steps`);
  let tuneSeconds = 0;
  const tune = async () => void (tuneSeconds += (await tuneShop(shop, options)).seconds);
  const judge = await stream(shop, { learned: train, acts: test }, {
    every: Number(options.every),
    behind: Number(options.behind),
    onProgress,
    ...(options.tune === "on" ? { tune } : {}),
  });
  return { judge, tuneSeconds };
}

/** `tuneSeconds`: choosing settings and taking them over, apart from learning. */
type Measured = Judgement & { learnSeconds: number; listMs: number; peakMb: number; tuneSeconds: number };

type Lists = () => Promise<{ judge: Judge; tuneSeconds?: number }>;

async function measured(shop: TaughtShop, books: number, lists: Lists): Promise<Measured> {
  const [asked, before] = [performance.now(), shop.spent().learnSeconds];
  const { judge, tuneSeconds = 0 } = await lists();
  const figures = judge.figures(books);
  const { learnSeconds, peakMb } = shop.spent();
  const ms = performance.now() - asked - (learnSeconds - before + tuneSeconds) * 1000;
  return { ...figures, learnSeconds, peakMb, tuneSeconds, listMs: ms / Math.max(1, figures.readers) };
}

function print(
  { readers, recall20, hr20, ndcg20, coverage20, tail20, true20, leaks, empty, learnSeconds, listMs, peakMb }: Measured,
  { store, protocol }: RecommendationOptions,
): void {
  const found = protocol === "stream" ? `HR@20 ${hr20.toFixed(4)}` : `R@20 ${recall20.toFixed(4)}`;
  console.log(`${readers} lists on ${store}: ${found}  N@20 ${ndcg20.toFixed(4)}`);
  console.log(`coverage@20 ${coverage20.toFixed(3)}, ${leaks} known books listed, ${empty} empty lists`);
  console.log(`long tail ${tail20.toFixed(3)} of what is listed, ${true20.toFixed(4)} with a true reason`);
  console.log(
    `learned in ${learnSeconds.toFixed(1)} s, ${listMs.toFixed(1)} ms a list, ${peakMb.toFixed(0)} MB at most`,
  );
}

function printJson(figures: Measured, { json, store, protocol }: RecommendationOptions): void {
  if (json !== true) return;
  const { readers: lists, learnSeconds: learn_s, peakMb: peak_mb, listMs: list_ms, tuneSeconds: tune_s, ...of } =
    figures;
  console.log(
    JSON.stringify({ protocol, lists, ...of, learn_s, ...defined({ tune_s }), peak_mb, list_ms, store }, rounded),
  );
}

const rounded = (_: string, value: unknown) => typeof value === "number" ? Number(value.toFixed(4)) : value;
