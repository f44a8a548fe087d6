/** A span as a collector gets it. `kind`: 2 server, 3 client, 4 producer, 5 consumer; `status.code`: 2 error. */
export type CollectedSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Record<string, string>;
  links: string[];
};

type Value = { stringValue?: string; intValue?: string | number };
type Sent = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes?: { key: string; value: Value }[];
  links?: { traceId: string; spanId: string }[];
};
type Body = { resourceSpans?: { scopeSpans: { spans: Sent[] }[] }[] };

/** A collector of OTLP over HTTP in JSON, on loopback. */
export function collect(): { url: string; spans: CollectedSpan[]; close(): Promise<void> } {
  const spans: CollectedSpan[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.json() as Body;
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const sent of scopeSpans.flatMap((scope) => scope.spans)) spans.push(spanOf(sent));
    }
    return Response.json({});
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, spans, close: () => server.shutdown() };
}

const spanOf = ({ attributes = [], links = [], ...rest }: Sent): CollectedSpan => ({
  ...rest,
  attributes: Object.fromEntries(
    attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue ?? "")]),
  ),
  links: links.map(({ traceId }) => traceId),
});

/** Accepts connections, reads everything, and never answers. */
export function silence(): { url: string; connections(): number; close(): void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  (async () => {
    for await (const connection of listener) {
      open.add(connection);
      swallow(connection);
    }
  })().catch(() => {});
  return {
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    connections: () => open.size,
    close() {
      listener.close();
      for (const connection of open) connection.close();
    },
  };
}

async function swallow(connection: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(65_536);
  try {
    while (await connection.read(bytes) !== null);
  } catch {
    // The sender has closed the connection.
  }
}
