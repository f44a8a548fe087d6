import type { Meter, Reading } from "@/application/shared/observability/metrics.ts";

/** A meter whose measurements can be read, by name and label values in their order: `total("name", "label value", …)`. */
export function createMemoryMeter(): Meter & {
  total(name: string, ...labels: string[]): number;
  observed(name: string, ...labels: string[]): number[];
  readings(): Promise<Reading[]>;
} {
  const totals = new Map<string, number>();
  const values = new Map<string, number[]>();
  const reads: (() => Promise<Reading[]>)[] = [];
  const at = (name: string, labels: string[]) => JSON.stringify([name, ...labels]);
  return {
    add(name, labels, by = 1) {
      const key = at(name, Object.values(labels));
      totals.set(key, (totals.get(key) ?? 0) + by);
    },
    observe(name, labels, value) {
      const key = at(name, Object.values(labels));
      values.set(key, [...values.get(key) ?? [], value]);
    },
    watch: (read) => void reads.push(read),
    total: (name, ...labels) => totals.get(at(name, labels)) ?? 0,
    observed: (name, ...labels) => values.get(at(name, labels)) ?? [],
    readings: async () => (await Promise.all(reads.map((read) => read()))).flat(),
  };
}
