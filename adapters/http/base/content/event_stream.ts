/** Whether an answer is a stream of server-sent events, by its headers. */
export const isEventStream = (headers: Headers): boolean =>
  /^text\/event-stream\b/.test(headers.get("content-type") ?? "");
