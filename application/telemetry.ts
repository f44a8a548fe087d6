import { type Meter, noMeter } from "./metrics.ts";
import { noTracer, type Tracer } from "./tracing.ts";

/** How a service is seen from outside. */
export type Telemetry = {
  meter: Meter;
  tracer: Tracer;
  /** All measurements as text, where somebody may collect them. */
  exposition?: { type: string; text(): Promise<string> };
};

/** A service that nobody looks at. */
export const noTelemetry: Telemetry = { meter: noMeter, tracer: noTracer };
