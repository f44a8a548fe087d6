import { type Meter, noMeter } from "./metrics.ts";
import { noTracer, type Tracer } from "./tracing.ts";

/** How a service is observed. */
export type Telemetry = {
  meter: Meter;
  tracer: Tracer;
  /** All measurements as text, if they can be collected. */
  exposition?: { type: string; text(): Promise<string> };
};

/** Telemetry that is dropped. */
export const noTelemetry: Telemetry = { meter: noMeter, tracer: noTracer };
