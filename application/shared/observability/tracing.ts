/** What a span is made of. Contexts are W3C `traceparent` texts; those that are malformed are passed over. */
export type SpanOptions = {
  name: string;
  kind: "producer" | "consumer" | "client";
  /** The span's parent; without one it begins a trace of its own. */
  parent?: string | undefined;
  /** Other contexts that led to it. */
  links?: string[];
  attributes?: Record<string, string | number>;
};

/** Follows a request through the suite. Must never change what the work does. */
export interface Tracer {
  /** Runs the work in a span, which ends with it and fails when it rejects. `options` is not called when nothing is traced. */
  span<Value>(options: () => SpanOptions, work: () => Promise<Value>): Promise<Value>;
  /** Runs the work in a span that the runtime has begun, and ends. */
  within<Value>(span: object, work: () => Value): Value;
  /** The context of the span that the caller runs in, undefined where nothing is traced. */
  current(): string | undefined;
  /** Names the caller's span and sets its attributes, once they are known. */
  describe(name: string, attributes: Record<string, string>, failed: boolean): void;
}

/** Traces nothing. */
export const noTracer: Tracer = {
  span: (_options, work) => work(),
  within: (_span, work) => work(),
  current: () => undefined,
  describe: () => {},
};

const MAX_LINKS = 32;
const TRACE_ID = { from: 3, to: 35 };

/**
 * The origin of a batch by its headers: one trace becomes the parent, several are linked (the first 32). The hop
 * (`traceparent`) goes before the start of the transmission (`ce_traceparent`), which is linked if it is another trace.
 */
export function originOf(messages: { headers: Record<string, string> }[]): Pick<SpanOptions, "parent" | "links"> {
  const hops = new Set<string>();
  const starts = new Set<string>();
  for (const { headers: { traceparent, ce_traceparent: start } } of messages) {
    const hop = traceparent ?? start;
    if (hop !== undefined) hops.add(hop);
    if (start !== undefined) starts.add(start);
  }
  const traces = new Set([...hops].map(traceOf));
  const [parent] = traces.size === 1 ? hops : [];
  const links = [...hops, ...[...starts].filter((start) => !traces.has(traceOf(start)))].filter((one) =>
    one !== parent
  );
  return { parent, links: links.slice(0, MAX_LINKS) };
}

const traceOf = (context: string): string => context.slice(TRACE_ID.from, TRACE_ID.to);
