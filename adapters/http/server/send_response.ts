import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isEventStream } from "@/adapters/http/base/content/event_stream.ts";

/** How long input is still read after an early answer. Closing a connection with unread input can lose the answer. */
const LINGER_MS = 1_000;
const IS_TEXT = /^(text\/|application\/([\w.-]+\+)?json\b|image\/svg)/;

type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse };

/**
 * Sends a response. Event streams and responses with `transfer-encoding` are streamed, all others are sent with their length.
 * A response before the end of the request's body closes the connection.
 */
export async function sendResponse(exchange: Exchange, response: Response): Promise<void> {
  const { incoming, outgoing } = exchange;
  const { status, body } = response;
  const isEarly = !incoming.complete;
  const headers: string[] = [];
  response.headers.forEach((value, name) => headers.push(name, value));
  if (isEarly) headers.push("connection", "close");
  if (body !== null && isStream(response)) {
    outgoing.writeHead(status, headers);
    return await sendStream(outgoing, body);
  }
  const content = body === null ? "" : await readWhole(response);
  const saysLength = response.headers.has("content-length") || incoming.method === "HEAD" || status === 204 ||
    status === 304;
  if (!saysLength) headers.push("content-length", String(Buffer.byteLength(content)));
  outgoing.writeHead(status, headers);
  if (!isEarly) return void outgoing.end(content);
  if (content.length > 0) outgoing.write(content);
  await drop(incoming);
  outgoing.end();
}

const isStream = ({ headers }: Response): boolean => headers.has("transfer-encoding") || isEventStream(headers);

/** Reads a body. Text stays a string, as Node then sends it in one piece with the head. */
const readWhole = async (response: Response): Promise<string | Uint8Array> =>
  IS_TEXT.test(response.headers.get("content-type") ?? "") && !response.headers.has("content-encoding")
    ? await response.text()
    : new Uint8Array(await response.arrayBuffer());

/** Reads and drops further input until the client stops, at most for a second. */
async function drop(incoming: IncomingMessage): Promise<void> {
  incoming.resume();
  await firstOf(incoming, ["end", "close"], AbortSignal.timeout(LINGER_MS));
}

/** Streams a body with back-pressure. Cancels it when the client disconnects. */
async function sendStream(outgoing: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const leave = () => void reader.cancel().catch(() => {});
  outgoing.once("close", leave);
  outgoing.flushHeaders();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!outgoing.write(part.value)) await firstOf(outgoing, ["drain", "close"]);
  }
  outgoing.off("close", leave);
  outgoing.end();
}

/** Resolves at the first of the events, or when the signal is aborted. */
async function firstOf(
  emitter: IncomingMessage | ServerResponse,
  events: string[],
  signal?: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  await Promise.race(events.map((event) => once(emitter, event, { signal: either }))).catch(() => {});
  over.abort();
}
