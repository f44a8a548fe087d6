import process from "node:process";
import type { Meter } from "@/application/shared/observability/metrics.ts";

/** How often the delay of the event loop is measured. */
const INTERVAL_MS = 500;

type Build = { service: string; version: string };

/** Measures the process: how late its timers are, processor time, memory, and what is running. */
export function meterProcess(meter: Meter, { service, version }: Build): { stop(): void } {
  let due = performance.now() + INTERVAL_MS;
  let used = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    meter.observe("bookstream_event_loop_delay_seconds", {}, Math.max(0, now - due) / 1_000);
    due = now + INTERVAL_MS;
    const { user, system } = process.cpuUsage();
    meter.add("process_cpu_seconds_total", {}, (user + system - used) / 1_000_000);
    used = user + system;
  }, INTERVAL_MS);
  Deno.unrefTimer(timer);
  meter.watch(() =>
    Promise.resolve([
      { name: "bookstream_build_info", labels: { service, version, deno: Deno.version.deno }, value: 1 },
      { name: "process_resident_memory_bytes", labels: {}, value: Deno.memoryUsage().rss },
      { name: "process_start_time_seconds", labels: {}, value: performance.timeOrigin / 1_000 },
    ])
  );
  return { stop: () => clearInterval(timer) };
}
