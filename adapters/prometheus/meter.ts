import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from "prom-client";
import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { withTimeout } from "@/application/shared/concurrency/timeout.ts";
import type { Clock } from "@/application/ports.ts";
import { type Meter, type MetricName, METRICS, type Reading } from "@/application/shared/observability/metrics.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";

/** How old a gauge may be when it is shown. */
const MAX_AGE_MS = 2_000;
/** How long a scrape waits for a gauge: longer than readiness waits for a part, so that a part that hangs is seen as such. */
const PATIENCE_MS = 3_000;
/** How long a scrape waits for another thread: longer than that thread waits for its gauges, so that one gauge does not cost all. */
const THREAD_PATIENCE_MS = 5_000;

/** All measurements of a thread, as another one adds them to its own. */
export type Measurements = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;
type Measuring = Required<Pick<Telemetry, "meter" | "exposition">> & { measurements(): Promise<Measurements> };

/**
 * Measurements in the text format of Prometheus. Gauges are read for a scrape, at most every two seconds however many scrape.
 * A gauge that cannot be read is left out, so that its absence is seen. `otherThread`: what another thread has measured.
 */
export function createMeter(clock: Clock, otherThread?: () => Promise<Measurements>): Measuring {
  const registry = new Registry();
  const { counters, gauges, histograms } = register(registry);
  const reads: (() => Promise<Reading[]>)[] = [];

  async function collect(): Promise<void> {
    const answers = await Promise.all(
      reads.map((read) => withTimeout(PATIENCE_MS, clock, read()).catch((): Reading[] => [])),
    );
    for (const [name, gauge] of gauges) {
      gauge.reset();
      // `reset` sets a gauge without labels to 0, which would look like a reading.
      if (METRICS[name].labels.length === 0) gauge.remove();
    }
    for (const { name, labels, value } of answers.flat()) gauges.get(name)!.set(labels, value);
  }

  const meter: Meter = {
    add: (name, labels, by = 1) => counters.get(name)!.inc(labels, by),
    observe: (name, labels, value) => histograms.get(name)!.observe(labels, value),
    watch: (read) => void reads.push(cacheFor(read, MAX_AGE_MS, clock)),
  };
  async function measurements(): Promise<Measurements> {
    await collect();
    return await registry.getMetricsAsJSON();
  }
  const withOther = async (other: () => Promise<Measurements>): Promise<Registry> =>
    AggregatorRegistry.aggregate(
      await Promise.all([
        measurements(),
        withTimeout(THREAD_PATIENCE_MS, clock, other()).catch((): Measurements => []),
      ]),
    );
  return {
    meter,
    measurements,
    exposition: {
      type: registry.contentType,
      async text() {
        if (otherThread !== undefined) return await (await withOther(otherThread)).metrics();
        await collect();
        return await registry.metrics();
      },
    },
  };
}

function register(registry: Registry) {
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [name, metric] of Object.entries(METRICS) as [MetricName, (typeof METRICS)[MetricName]][]) {
    const options = { name, help: metric.help, labelNames: metric.labels, registers: [registry] };
    if (metric.kind === "counter") counters.set(name, new Counter(options));
    else if (metric.kind === "gauge") gauges.set(name, new Gauge(options));
    else histograms.set(name, new Histogram({ ...options, buckets: [...metric.buckets] }));
  }
  return { counters, gauges, histograms };
}
