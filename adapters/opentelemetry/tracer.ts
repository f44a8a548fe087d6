import {
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Tracer } from "@/application/shared/observability/tracing.ts";

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const KINDS = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT };

/** Spans by the runtime's own OpenTelemetry; where that is off, nothing is recorded. `system`: the messaging system's name. */
export function createTracer(system: string): Tracer {
  const tracer = trace.getTracer("bookstream");
  return {
    span(parts, work) {
      const { name, kind, parent, links = [], attributes } = parts();
      const options = {
        kind: KINDS[kind],
        links: links.flatMap((link): Link[] => {
          const linked = contextOf(link);
          return linked === undefined ? [] : [{ context: linked }];
        }),
        attributes: { ...(kind === "client" ? {} : { "messaging.system": system }), ...attributes },
      };
      const from = parent === undefined ? undefined : contextOf(parent);
      const outer = from === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, from);
      return tracer.startActiveSpan(name, options, outer, async (span) => {
        try {
          return await work();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    within: (span, work) => isSpan(span) ? context.with(trace.setSpan(context.active(), span), work) : work(),
    current() {
      const span = trace.getSpanContext(context.active());
      return span === undefined ? undefined : traceparentOf(span);
    },
    describe(name, attributes, failed) {
      const span = trace.getActiveSpan();
      span?.updateName(name).setAttributes(attributes);
      if (failed) span?.setStatus({ code: SpanStatusCode.ERROR });
    },
  };
}

const isSpan = (span: object): span is Span => "spanContext" in span && "updateName" in span;

/** Whether the runtime traces. The runtime and every version of the API meet at this symbol. */
export const isTracing = (): boolean => Symbol.for("opentelemetry.js.api.1") in globalThis;

const contextOf = (traceparent: string): SpanContext | undefined => {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
};

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
