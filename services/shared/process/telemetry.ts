import { createTracer, isTracing } from "@/adapters/opentelemetry/tracer.ts";
import { createMeter, type Measurements } from "@/adapters/prometheus/meter.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { meterProcess } from "@/adapters/system/process_meter.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import { noTracer, type Tracer } from "@/application/shared/observability/tracing.ts";
import type { Settings } from "@/services/settings/settings.ts";
import { version } from "./version.ts";

/** Returns a tracer when Deno traces (`OTEL_DENO=true`), otherwise one that does nothing. */
export const tracerOf = ({ KAFKA_BROKERS: brokers }: Settings): Tracer =>
  isTracing() ? createTracer(brokers === undefined ? "sqlite" : "kafka") : noTracer;

/** Creates a service's metrics and traces. `otherThread` returns the measurements of its worker thread. */
export function telemetryOf(service: string, settings: Settings, otherThread?: () => Promise<Measurements>): Telemetry {
  const { meter, exposition } = createMeter(clock, otherThread);
  meterProcess(meter, { service, version });
  return { meter, exposition, tracer: tracerOf(settings) };
}
