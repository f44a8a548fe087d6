import { parser } from "@prometheus-io/lezer-promql";
import { METRICS } from "@/application/shared/observability/metrics.ts";

/** What Prometheus adds to every metric that it collects, and the metric of its own that alerts use. */
const ADDED = ["job", "instance"];
const OF_PROMETHEUS: Record<string, readonly string[]> = { up: [] };

/** The labels of a series by its name, as our services and Prometheus make it; none where there is no such series. */
function labelsOf(series: string): string[] | undefined {
  const own = OF_PROMETHEUS[series];
  if (own !== undefined) return [...own, ...ADDED];
  const of = (name: string) => (METRICS as Record<string, { kind: string; labels: readonly string[] }>)[name];
  const histogram = /^(.+)_(bucket|sum|count)$/.exec(series);
  if (histogram !== null && of(histogram[1]!)?.kind === "histogram") {
    return [...of(histogram[1]!)!.labels, ...ADDED, ...histogram[2] === "bucket" ? ["le"] : []];
  }
  const metric = of(series);
  return metric === undefined || metric.kind === "histogram" ? undefined : [...metric.labels, ...ADDED];
}

/** The names of series and labels in an expression, by Prometheus' own grammar. */
export function namesIn(expression: string): { faults: string[]; series: string[]; labels: string[] } {
  const [faults, series, labels]: [string[], string[], string[]] = [[], [], []];
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      const said = expression.slice(from, to);
      if (type.isError) faults.push(`${expression}: wrong at character ${from}`);
      if (type.name === "Identifier" && node.parent?.type.name === "VectorSelector") series.push(said);
      if (type.name === "LabelName") labels.push(said);
    },
  });
  return { faults, series, labels };
}

/** The faults of an expression: its grammar, an unknown series, or a label that none of its series has. */
export function faultsOf(expression: string): string[] {
  const { faults, series, labels } = namesIn(expression);
  const known = new Set(series.flatMap((name) => labelsOf(name) ?? []));
  return [
    ...faults,
    ...(series.length === 0 ? [`${expression}: names no series`] : []),
    ...series.filter((name) => labelsOf(name) === undefined).map((name) => `${expression}: nobody makes ${name}`),
    ...labels.filter((label) => !known.has(label)).map((label) => `${expression}: none of its series has ${label}`),
  ];
}
