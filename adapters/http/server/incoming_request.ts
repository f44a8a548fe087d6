import type { IncomingMessage } from "node:http";
import { isHost } from "@/adapters/http/base/security/host.ts";

type Parts = {
  incoming: IncomingMessage;
  /** Opens the body. Called at most once, when a route reads it. */
  body: () => ReadableStream<Uint8Array>;
};

const PARTS = Symbol("parts");
const HEADERS = Symbol("headers");
const REQUEST = Symbol("request");
type Lazy = { readonly [PARTS]: Parts; [HEADERS]?: Headers; [REQUEST]?: Request };

/**
 * Converts Node's message to a lazy Request. A real Request takes 10 to 50 µs, and nearly always only the method, the URL and the
 * headers are read.
 */
export function toRequest(parts: Parts): Request {
  const slot = { writable: true };
  return Object.create(lazyRequest, { [PARTS]: { value: parts }, [HEADERS]: slot, [REQUEST]: slot });
}

const methodOf = (lazy: Lazy): string => lazy[PARTS].incoming.method ?? "GET";

/** Returns the URL. An invalid host, which the client has sent, is replaced: in the URL it could change the route. */
function urlOf(lazy: Lazy): string {
  const { url: target = "/", headers: { host = "" } } = lazy[PARTS].incoming;
  const path = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]*/i, "");
  return `http://${isHost(host) ? host : "unknown.invalid"}${path.startsWith("/") ? "" : "/"}${path}`;
}

function headersOf(lazy: Lazy): Headers {
  if (lazy[HEADERS] !== undefined) return lazy[HEADERS];
  const { rawHeaders } = lazy[PARTS].incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  return lazy[HEADERS] = headers;
}

function requestOf(lazy: Lazy): Request {
  if (lazy[REQUEST] !== undefined) return lazy[REQUEST];
  const method = methodOf(lazy);
  const hasBody = method !== "GET" && method !== "HEAD";
  // A stream body needs `duplex`, which the type lacks.
  const init: RequestInit & { duplex: "half" } = { method, headers: headersOf(lazy), duplex: "half" };
  return lazy[REQUEST] = new Request(urlOf(lazy), hasBody ? { ...init, body: lazy[PARTS].body() } : init);
}

/** Returns the properties of a lazy Request. All but three of them create the real Request. */
function describeLazily(): PropertyDescriptorMap {
  const own: PropertyDescriptorMap = {};
  for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(Request.prototype))) {
    if (get !== undefined) {
      own[name] = {
        get: function (this: Lazy) {
          return Reflect.get(requestOf(this), name);
        },
      };
    } else if (typeof value === "function" && name !== "constructor") {
      own[name] = {
        value(this: Lazy, ...args: unknown[]) {
          return Reflect.apply(value, requestOf(this), args);
        },
      };
    }
  }
  const byName = (read: (lazy: Lazy) => unknown) => ({
    get(this: Lazy) {
      return read(this);
    },
  });
  return { ...own, method: byName(methodOf), url: byName(urlOf), headers: byName(headersOf) };
}

const lazyRequest = Object.create(Request.prototype, describeLazily());
