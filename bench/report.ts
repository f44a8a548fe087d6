/** Helpers of benchmarks: printed lines, stored figures, rates, percentiles, waiting. */

type Unit = "1/s" | "ms" | "us" | "s" | "%" | "MB" | "B";

export type Report = {
  /** Prints a line. */
  say(line: string): void;
  /** Stores a figure for `--json`. */
  keep(figure: string, value: number, unit: Unit): void;
};

/** A figure as a line of the file that `--json` names. */
export type Kept = {
  at: string;
  commit: string;
  events: number;
  bench: string;
  on: string;
  figure: string;
  value: number;
  unit: Unit;
};

type Run = Pick<Kept, "at" | "commit" | "events">;

/** Reports of one run. Figures are appended to `file` as they come, so that several runs share a file. */
export const createReports = (run: Run, file?: string) => (bench: string, on: string): Report => ({
  say: (line) => console.log(line),
  keep(figure, value, unit) {
    if (file === undefined) return;
    const kept: Kept = { ...run, bench, on, figure, value, unit };
    Deno.writeTextFileSync(file, JSON.stringify(kept) + "\n", { append: true });
  },
});

export const perSecond = (count: number, milliseconds: number): number => count / milliseconds * 1_000;

export const showRate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString("en")}/s`;

export const showShare = (own: number, baseline: number): string => `${Math.round(100 * own / baseline)} %`;

const showMs = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;

function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

/** Prints and stores the percentiles of a latency. `parts`: 0.5 for the median, 1 for the longest. */
export function reportLatency(report: Report, what: { text: string; figure: string }, took: number[], parts: number[]) {
  const each = parts.map((part) => {
    const name = part === 1 ? "max" : `p${100 * part}`;
    const value = percentile(took, part);
    report.keep(`${what.figure}_${name}`, value, "ms");
    return `${name} ${showMs(value)}`;
  });
  report.say(`${what.text}: ${each.join(", ")}`);
}

/** Waits until a condition holds. Rejects after a time limit, so that a benchmark always ends. */
export async function until(holds: () => Promise<boolean>, pauseMs = 1, atMostMs = 120_000): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > atMostMs) throw new Error(`waited for ${atMostMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** The duration of a call, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
