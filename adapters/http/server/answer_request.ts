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
  /** Called for a request that is refused because of its body. */
  refused: () => void;
};
/** `allowLongBody`: set when the body has not arrived completely. */
type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse; allowLongBody?: () => void };

/** Creates the request listener of a server. */
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
      protectWhileAnswered(connections, incoming, outgoing);
      return void answer({ incoming, outgoing });
    }
    // Most bodies arrive with the head, so they are complete at the next tick.
    nextTick(() => {
      if (incoming.complete) {
        protectWhileAnswered(connections, incoming, outgoing);
        return void answer({ incoming, outgoing });
      }
      if (!bodies.admit(incoming)) {
        connections.countWaste(incoming.socket);
        return refuseBody(outgoing, refused);
      }
      incoming.once("end", () => protectWhileAnswered(connections, incoming, outgoing));
      void answer({ incoming, outgoing, allowLongBody: deadlines.watch(incoming) });
    });
  };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

/** Keeps the connection until the answer is sent. Called only for complete requests, as others may never complete. */
function protectWhileAnswered(connections: Connections, { socket }: IncomingMessage, outgoing: ServerResponse): void {
  if (!outgoing.closed) outgoing.once("close", connections.protect(socket));
}

/** Answers 503 without a route, a log line or a page, as such clients send many requests. */
function refuseBody(outgoing: ServerResponse, refused: () => void): void {
  refused();
  outgoing.writeHead(503, { "Retry-After": "2", "Connection": "close", "Content-Length": "0" }).end();
}

/** Asks a client that sent `Expect: 100-continue` for the body. */
function continueBody({ incoming, outgoing }: Exchange): void {
  if (incoming.headers.expect !== undefined) outgoing.writeContinue();
}

/**
 * Creates a function that reads the span of a request. Deno begins a span for each request but does not make it current. It stores
 * it under a symbol without a public name, which is looked up once.
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
