/** The three services: their catalogue, then what is wanted of them. */
import type { Size } from "@/bench/choose.ts";
import type { Report } from "@/bench/report.ts";
import type { Servers } from "@/bench/servers.ts";
import { bringCatalogue } from "./catalogue.ts";
import { measureFailover } from "./failover.ts";
import { measureSearches } from "./latency.ts";
import { measurePipeline } from "./pipeline.ts";
import { startShop } from "./processes.ts";
import { measureIdle } from "./processor_time.ts";
import { measureRoutes } from "./routes.ts";
import { measureSteady } from "./steady.ts";

/** What can be measured, in this order. The last one changes which processes run. */
const PARTS = {
  pipeline: [measurePipeline],
  latency: [measureSteady, measureSearches],
  routes: [measureRoutes],
  idle: [measureIdle],
  failover: [measureFailover],
};

/** Whether anything is wanted that needs the services. */
export const needsServices = (wanted: Set<string>): boolean => Object.keys(PARTS).some((name) => wanted.has(name));

/** Brings a catalogue, then measures the parts that are wanted. */
export async function benchServices(
  wanted: Set<string>,
  servers: Servers,
  { events }: Size,
  report: (bench: string) => Report,
): Promise<void> {
  const shop = await startShop(servers);
  try {
    await bringCatalogue(shop, report("import"));
    for (const [name, measures] of Object.entries(PARTS)) {
      if (wanted.has(name)) { for (const measure of measures) await measure(shop, report(name), events); }
    }
  } finally {
    await shop.close();
  }
}
