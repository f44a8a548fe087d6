import type { IncomingMessage } from "node:http";
import { isHost } from "@/adapters/http/base/security/host.ts";

type Parts = {
  incoming: IncomingMessage;
  /** Opens the body; called at most once, and only where a route reads it. */
  body: () => ReadableStream<Uint8Array>;
};

const PARTS = Symbol("parts");
const HEADERS = Symbol("headers");
const REQUEST = Symbol("request");
type Lazy = { readonly [PARTS]: Parts; [HEADERS]?: Headers; [REQUEST]?: Request };

/**
 * Node's message as a Request. The runtime takes 10 to 50 µs to make one, so only what is asked for is made: nearly always the
 * method, the URL and the headers.
 */
export function toRequest(parts: Parts): Request {
  const slot = { writable: true };
  return Object.create(lazyRequest, { [PARTS]: { value: parts }, [HEADERS]: slot, [REQUEST]: slot });
}

const methodOf = (lazy: Lazy): string => lazy[PARTS].incoming.method ?? "GET";

/** The host is the client's word: one that is none must not reach the URL, where it could choose the route. */
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
  // A stream as body wants `duplex`, which the type does not know.
  const init: RequestInit & { duplex: "half" } = { method, headers: headersOf(lazy), duplex: "half" };
  return lazy[REQUEST] = new Request(urlOf(lazy), hasBody ? { ...init, body: lazy[PARTS].body() } : init);
}

/** What a Request has, each part taken from the real one, but for three that need none. */
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
