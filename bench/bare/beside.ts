/** Baselines of kafkajs that stand beside what is measured: right before and right after it, as a machine's speed changes by the minute. */
import { type Report, showRate, showShare } from "@/bench/report.ts";
import type { KafkajsFigures, KafkajsOptions } from "./kafkajs.ts";
import { runAlone } from "./run.ts";

/** Messages a second, the mean of before and after. */
type Bare = { stock: number; patched: number };

type Baseline = Omit<KafkajsOptions, "patched">;

/** Bare kafkajs in a process of its own. */
export const runKafkajs = (options: KafkajsOptions): Promise<KafkajsFigures> =>
  runAlone("bare/kafkajs.ts", options, [`--allow-net=${options.brokers}`, "--ignore-env"]);

/** Measures bare kafkajs, stock and with our patches, then does the work, then measures both again. */
export async function besideKafkajs<Result>(
  baseline: Baseline,
  report: Report,
  work: () => Promise<Result>,
): Promise<{ result: Result; bare: Bare }> {
  const measure = async (patched: boolean) => (await runKafkajs({ ...baseline, patched })).perSecond;
  const before = { stock: await measure(false), patched: await measure(true) };
  const result = await work();
  const after = { patched: await measure(true), stock: await measure(false) };
  const bare = { stock: (before.stock + after.stock) / 2, patched: (before.patched + after.patched) / 2 };
  const both = (kind: keyof Bare) => `${showRate(before[kind])} before, ${showRate(after[kind])} after`;
  report.say(
    `bare kafkajs ${baseline.work}s, in processes of its own: stock ${both("stock")}; with our patches ${
      both("patched")
    }`,
  );
  report.keep(`kafkajs_${baseline.work}_stock`, bare.stock, "1/s");
  report.keep(`kafkajs_${baseline.work}_patched`, bare.patched, "1/s");
  return { result, bare };
}

/** A rate as shares of the two baselines. */
export const showShares = (rate: number, { stock, patched }: Bare): string =>
  `${showShare(rate, stock)} of bare kafkajs (${showShare(rate, patched)} with our patches)`;
