/** Returns whether a response is a stream of server-sent events. */
export const isEventStream = (headers: Headers): boolean =>
  /^text\/event-stream\b/.test(headers.get("content-type") ?? "");
