import type { SpanOptions, Tracer } from "@/application/shared/observability/tracing.ts";

type MemorySpan = SpanOptions & { context: string; failed: boolean };

/** A tracer that keeps its spans. Follows one span at a time, as long as its work runs. */
export function createMemoryTracer(): Tracer & { spans: MemorySpan[] } {
  const spans: MemorySpan[] = [];
  let current: string | undefined;
  return {
    spans,
    async span(parts, work) {
      const made = parts();
      const number = String(spans.length + 1).padStart(16, "0");
      const trace = made.parent?.split("-")[1] ?? number.padStart(32, "f");
      const span: MemorySpan = { ...made, context: `00-${trace}-${number}-01`, failed: false };
      spans.push(span);
      const before = current;
      current = span.context;
      try {
        return await work();
      } catch (error) {
        span.failed = true;
        throw error;
      } finally {
        current = before;
      }
    },
    within: (_span, work) => work(),
    current: () => current,
    describe: () => {},
  };
}
