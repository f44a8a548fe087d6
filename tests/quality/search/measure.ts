import { performance } from "node:perf_hooks";
import type { Case, Cases } from "./cases.ts";

/** Something that searches: the ids of the ten best books. */
export type Engine = { name: string; find(query: string): Promise<string[]> };

/** `mrr`: the mean of 1 / rank of the first right book among the first ten, 0 where there is none. */
type Figures = { queries: number; mrr: number; p50_ms: number; p95_ms: number };
export type Measured = { overall: number; classes: Record<string, Figures>; p50_ms: number; p95_ms: number };

/** Asks an engine each query of each class, one after the other. `onMiss` gets the queries whose book is not first. */
export async function measure(
  engine: Engine,
  cases: Cases,
  onMiss?: (name: string, one: Case, rank: number, found: string[]) => void,
): Promise<Measured> {
  const classes: Record<string, Figures> = {};
  const times: number[] = [];
  for (const [name, list] of cases) {
    const own: number[] = [];
    let sum = 0;
    for (const one of list) {
      const began = performance.now();
      const found = await engine.find(one.query);
      own.push(performance.now() - began);
      const rank = found.findIndex((id) => one.wanted.has(id)) + 1;
      sum += rank === 0 ? 0 : 1 / rank;
      if (rank !== 1) onMiss?.(name, one, rank, found);
    }
    times.push(...own);
    classes[name] = { queries: list.length, mrr: sum / list.length, ...percentiles(own) };
  }
  const mrrs = Object.values(classes).map(({ mrr }) => mrr);
  return { overall: mrrs.reduce((a, b) => a + b, 0) / Math.max(1, mrrs.length), classes, ...percentiles(times) };
}

function percentiles(times: number[]): { p50_ms: number; p95_ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50_ms: at(0.5), p95_ms: at(0.95) };
}
