import type { MiddlewareHandler } from "hono";
import type { AppContext, Env } from "./app.ts";
import { clientAddress, UNKNOWN } from "./client_address.ts";
import { isEventStream } from "./event_stream.ts";
import { HttpProblem } from "./problem.ts";

/** Streams that one client follows at the same time, where nothing else is set. */
export const CLIENT_STREAMS_MOST = 20;
/** Paths that answer with a stream. Other answers have ended when they are sent. */
const STREAMS = /^(\/v1)?\/trends\/stream$/;
const RETRY_S = 10;

type LimitDeps = {
  most: number;
  /** Whether the request is of somebody who asks for many people. */
  isFree: (context: AppContext) => boolean;
};

/** Bounds the streams of one client, by its address. The answer to one more is 429. */
export function limitStreams({ most, isFree }: LimitDeps): MiddlewareHandler<Env> {
  const open = new Map<string, number>();
  const add = (address: string, change: 1 | -1) => {
    const left = (open.get(address) ?? 0) + change;
    if (left === 0) open.delete(address);
    else open.set(address, left);
  };
  return async (context, next) => {
    const address = clientAddress(context);
    if (!STREAMS.test(context.req.path) || address === UNKNOWN || isFree(context)) return await next();
    if ((open.get(address) ?? 0) >= most) {
      throw new HttpProblem(429, `one client follows ${most} streams at most; end one, or try again in ${RETRY_S} s`, {
        headers: { "Retry-After": String(RETRY_S) },
      });
    }
    add(address, 1);
    await next();
    const { res } = context;
    if (res.body === null || !isEventStream(res.headers)) return add(address, -1);
    context.res = new Response(untilOver(res.body, () => add(address, -1)), res);
  };
}

/** The same stream. `over` is called once, when it has ended or failed, or nobody reads it any more. */
function untilOver(stream: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  reader.closed.catch(() => {}).finally(over);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
