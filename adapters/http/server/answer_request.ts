import type { IncomingMessage, ServerResponse } from "node:http";
import { nextTick } from "node:process";
import { defined } from "@/application/defined.ts";
import { messageOf } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import type { Client, Fetch } from "@/adapters/http/base/app.ts";
import type { Bodies } from "./bodies.ts";
import type { BodyDeadlines } from "./body_deadline.ts";
import { readParts, toStream } from "./body_parts.ts";
import type { Connections } from "./connections.ts";
import { toRequest } from "./incoming_request.ts";
import { sendResponse } from "./send_response.ts";

type Deps = {
  connections: Connections;
  bodies: Bodies;
  deadlines: BodyDeadlines;
  fetch: Fetch;
  telemetry: Pick<Telemetry, "tracer">;
  logger: Logger;
  /** Told of a request that is refused for its body. */
  refused: () => void;
};
/** `allowLongBody`: of a body that has not come in full. */
type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse; allowLongBody?: () => void };

/** What answers the requests of a server. */
export function createAnswer({ connections, bodies, deadlines, fetch, telemetry: { tracer }, logger, refused }: Deps) {
  const spanOf = createSpanReader();

  async function answer(exchange: Exchange): Promise<void> {
    const { incoming, outgoing, allowLongBody } = exchange;
    const { socket } = incoming;
    const body = () => readParts(incoming, () => continueBody(exchange));
    const request = toRequest({ incoming, body: () => toStream(body()) });
    const client: Client = {
      address: socket.remoteAddress ?? "",
      hasLeft: () => socket.destroyed,
      body,
      ...defined({ allowLongBody }),
    };
    const span = spanOf(outgoing);
    const respond = async () => await fetch(request, client);
    try {
      const response = await (span === undefined ? respond() : tracer.within(span, respond));
      if (socket.destroyed) await response.body?.cancel();
      else await sendResponse(exchange, response);
    } catch (error) {
      if (!socket.destroyed) logger.error("answer-not-sent", { reason: messageOf(error) });
      socket.destroy();
    }
  }

  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (!hasBody(incoming)) {
      keepWhileAnswered(connections, incoming, outgoing);
      return void answer({ incoming, outgoing });
    }
    // Most bodies come with their head, and have come when this runs.
    nextTick(() => {
      if (incoming.complete) {
        keepWhileAnswered(connections, incoming, outgoing);
        return void answer({ incoming, outgoing });
      }
      if (!bodies.admit(incoming)) {
        connections.noteWaste(incoming.socket);
        return refuseBody(outgoing, refused);
      }
      incoming.once("end", () => keepWhileAnswered(connections, incoming, outgoing));
      void answer({ incoming, outgoing, allowLongBody: deadlines.watch(incoming) });
    });
  };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

/** Only a request that has come in full keeps its connection: the others may never do so. */
function keepWhileAnswered(connections: Connections, { socket }: IncomingMessage, outgoing: ServerResponse): void {
  if (!outgoing.closed) outgoing.once("close", connections.keep(socket));
}

/** Answers without a route, a log line or a page, as a client that sends such bodies sends many. */
function refuseBody(outgoing: ServerResponse, refused: () => void): void {
  refused();
  outgoing.writeHead(503, { "Retry-After": "2", "Connection": "close", "Content-Length": "0" }).end();
}

/** Whoever sent `Expect: 100-continue` sends the body only after this. */
function continueBody({ incoming, outgoing }: Exchange): void {
  if (incoming.headers.expect !== undefined) outgoing.writeContinue();
}

/**
 * Reads the span that the runtime begins for each request where it traces, without making it the current one. It has no name but
 * that of a symbol, which is looked up once.
 */
function createSpanReader(): (outgoing: ServerResponse) => object | undefined {
  let key: symbol | undefined | null = null;
  return (outgoing) => {
    if (key === null) {
      key = Object.getOwnPropertySymbols(outgoing).find(({ description }) => description === "kOtelSpan");
    }
    const span: unknown = key === undefined ? undefined : Reflect.get(outgoing, key);
    return typeof span === "object" && span !== null ? span : undefined;
  };
}
