/** What benchmarks have in common: rates, percentiles, waiting. */
export const rate = (count: number, milliseconds: number): string =>
  `${Math.round(count / milliseconds * 1000).toLocaleString("en")}/s`;

export const percentile = (values: number[], part: number): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!.toFixed(1)} ms`;
};

export const share = (own: number, baseline: number): string => `${Math.round(100 * own / baseline)} %`;

/** Waits until it holds. Rejects after a while (ms), so that a benchmark ends whatever happens. */
export async function until(holds: () => Promise<boolean>, pause = 1, atMost = 120_000): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > atMost) throw new Error(`waited for ${atMost / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
