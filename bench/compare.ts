/**
 * `deno run --allow-read bench/compare.ts BEFORE AFTER`: what two states of the code measured in turn, each into a file of its own
 * by `deno task bench --json FILE`. A figure of which the spans do not overlap has changed; else it may be chance.
 */
import type { Kept } from "./report.ts";

type Span = { median: number; least: number; most: number; runs: number };
type Compared = { name: string; unit: string; before: Span; after: Span; disjoint: boolean };

/** The figures that both files have for equal numbers of events. */
export function compareFigures(before: Kept[], after: Kept[]): Compared[] {
  const other = valuesByName(after);
  return [...valuesByName(before)].flatMap(([key, { name, unit, values }]) => {
    const found = other.get(key);
    if (found === undefined) return [];
    const [one, two] = [spanOf(values), spanOf(found.values)];
    return [{ name, unit, before: one, after: two, disjoint: one.most < two.least || two.most < one.least }];
  });
}

function valuesByName(figures: Kept[]) {
  const found = new Map<string, { name: string; unit: string; values: number[] }>();
  for (const { on, bench, figure, unit, events, value } of figures) {
    const name = `${on} ${bench} ${figure}`;
    const key = `${name} ${unit} ${events}`;
    const { values } = found.get(key) ?? { values: [] };
    found.set(key, { name, unit, values: [...values, value] });
  }
  return found;
}

function spanOf(values: number[]): Span {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  const median = (sorted[low]! + sorted[high]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)!, runs: sorted.length };
}

function show({ name, unit, before, after, disjoint }: Compared): string {
  const span = ({ median, least, most, runs }: Span) => {
    const [middle, low, high] = [median, least, most].map((one) =>
      one.toLocaleString("en", { maximumFractionDigits: 1 })
    );
    return `${middle} (${low}–${high}, ${runs} runs)`;
  };
  const change = 100 * (after.median / before.median - 1);
  const percent = `${change < 0 ? "" : "+"}${change.toFixed(1)} %`;
  return `${name}, ${unit}: ${span(before)} → ${span(after)}, ${percent}${disjoint ? "" : ", spans overlap"}`;
}

async function readFigures(file: string): Promise<Kept[]> {
  return (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

if (import.meta.main) {
  const [before, after] = Deno.args;
  if (before === undefined || after === undefined || Deno.args.length > 2) {
    console.error("compare wants two files, which deno task bench --json has written");
    Deno.exit(1);
  }
  for (const one of compareFigures(await readFigures(before), await readFigures(after))) console.log(show(one));
}
