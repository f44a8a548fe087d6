import { createServer, type Server } from "node:http";
import type { Logger } from "@/application/ports.ts";
import type { Telemetry } from "@/application/shared/observability/telemetry.ts";
import type { Fetch } from "@/adapters/http/base/app.ts";
import { createNetworks } from "@/adapters/http/base/limits/networks.ts";
import { BODIES, type BodyLimits, createBodies } from "./bodies.ts";
import { type BodyPace, createBodyDeadlines, LONG_BODY } from "./body_deadline.ts";
import { accept } from "./accept.ts";
import { createAnswer } from "./answer_request.ts";
import { answerClientError, isFault, LATE } from "./client_error.ts";
import { ClientSocket } from "./client_socket.ts";
import { type ConnectionLimits, createConnections } from "./connections.ts";

/** The deadlines of clients. None of them cuts an answer that the client is still reading. */
type Deadlines = {
  /** For the head of a request. */
  headMs: number;
  /** For a whole body. */
  requestMs: number;
  /** Between two requests. */
  keepAliveMs: number;
  /** Without reading any part of an answer. */
  stallMs: number;
};

/** Proxies close idle connections after a minute. The server must not close them first, so it keeps them longer. */
const DEADLINES: Deadlines = { headMs: 10_000, requestMs: 30_000, keepAliveMs: 65_000, stallMs: 30_000 };
const CHECK_MS = 1_000;
const MAX_HEAD_BYTES = 16 * 1024;
/** The queue of new connections, 4,096 by default at most on Linux. A client that finds it full retries only after a second. */
const BACKLOG = 4_096;
/** How long running requests may still take when the server closes. */
const GRACE_MS = 1_000;

export type HttpServerOptions = {
  limits: ConnectionLimits;
  bodies?: BodyLimits;
  trustedProxies: readonly string[];
  deadlines?: Partial<Deadlines>;
  longBody?: Omit<BodyPace, "wholeMs">;
};
type ServerDeps = HttpServerOptions & { telemetry: Pick<Telemetry, "meter" | "tracer">; logger: Logger; fetch: Fetch };

interface HttpServer {
  /** Listens on a port, a free one for 0, and returns it. Throws when it cannot. */
  listen(hostname: string, port: number): number;
  /** Stops accepting connections, and cuts those with requests that take longer than a second. */
  close(): Promise<void>;
}

/** Creates an HTTP server with limits for untrusted clients: on connections, heads, bodies and waiting times. */
export function createHttpServer({ deadlines: own, longBody = LONG_BODY, ...deps }: ServerDeps): HttpServer {
  const deadlines = { ...DEADLINES, ...own };
  const connections = createConnections(deps.limits, createNetworks(deps.trustedProxies));
  const server = createNodeServer(deadlines, longBody.mostMs);
  const { meter } = deps.telemetry;
  const refused = (reason: string) => meter.add("bookstream_http_refused_total", { reason });
  server.on("connection", (socket: ClientSocket) => {
    if (!connections.admit(socket)) return refused("connections");
    socket.setTimeout(deadlines.stallMs);
  });
  server.on("timeout", (socket: ClientSocket) => {
    if (!connections.isProtected(socket) || socket.writableLength > 0) socket.destroy();
  });
  server.on("clientError", (error: Error & { code?: string }, socket: ClientSocket) => {
    if (isFault(error) && socket.bytesRead > 0) connections.countWaste(socket);
    if (error.code === LATE) refused("late");
    else if (error.code?.startsWith("HPE_") === true) refused("head");
    answerClientError(error, socket, connections.isProtected(socket));
  });
  const answer = createAnswer({
    ...deps,
    connections,
    deadlines: createBodyDeadlines({
      ...longBody,
      wholeMs: deadlines.requestMs,
      connections,
      late({ socket }) {
        refused("late");
        connections.countWaste(socket);
        answerClientError({ code: LATE }, socket, connections.isProtected(socket));
      },
    }),
    bodies: createBodies(deps.bodies ?? BODIES, connections),
    refused: () => refused("bodies"),
  });
  server.on("request", answer).on("checkContinue", answer);
  meter.watch(() => Promise.resolve([{ name: "bookstream_http_connections", labels: {}, value: connections.size() }]));
  let listener: Deno.TcpListener | undefined;
  // Node's server does not listen itself here. It must believe so, or it closes connections after one answer.
  Object.defineProperty(server, "listening", { get: () => listener !== undefined });
  return {
    listen(hostname, asked) {
      listener = Deno.listen({ hostname, port: asked, tcpBacklog: BACKLOG });
      // Starts Node's checks of its deadlines.
      server.emit("listening");
      void accept(listener, {
        take(connection) {
          if (connections.mayConnect(connection.remoteAddr.hostname)) {
            server.emit("connection", new ClientSocket(connection));
          } else {
            connection.close();
            refused("connections");
          }
        },
        isFull: () => connections.size() >= deps.limits.most,
        logger: deps.logger,
      });
      return listener.addr.port;
    },
    async close() {
      listener?.close();
      listener = undefined;
      server.close();
      connections.closeIdle();
      const cut = setTimeout(connections.closeAll, GRACE_MS);
      await connections.ended();
      clearTimeout(cut);
    },
  };
}

function createNodeServer(deadlines: typeof DEADLINES, longBodyMs: number): Server {
  const server = createServer({
    headersTimeout: deadlines.headMs,
    // Node has one timeout for all requests, so it must allow the longest.
    requestTimeout: deadlines.headMs + deadlines.requestMs + longBodyMs,
    keepAliveTimeout: deadlines.keepAliveMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, deadlines.headMs),
    maxHeaderSize: MAX_HEAD_BYTES,
    requireHostHeader: false,
  });
  // This timeout applies to each request of a connection.
  server.timeout = deadlines.stallMs;
  return server;
}
