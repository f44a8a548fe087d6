import type { AppContext } from "@/adapters/http/base/app.ts";
import { clientAddress, UNKNOWN } from "./client_address.ts";
import { isEventStream } from "@/adapters/http/base/content/event_stream.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** The default number of streams that one client may follow at the same time. */
export const CLIENT_STREAMS_MOST = 20;
/** The paths of streams. All other responses end by themselves. */
const STREAMS = /^(\/v1)?\/trends\/stream$/;
const RETRY_S = 10;

/** Returns whether a request is for a stream. */
export const isForStream = ({ req: { path } }: AppContext): boolean => STREAMS.test(path);

/** Answers a request as one of the streams of its client. */
type StreamLimit = (context: AppContext, isFree: boolean, answer: () => Promise<void>) => Promise<void>;

/** Limits the concurrent streams per client address. Answers 429 beyond the limit. `isFree` lifts it. */
export function createStreamLimit(most: number): StreamLimit {
  const open = new Map<string, number>();
  const add = (address: string, change: 1 | -1) => {
    const left = (open.get(address) ?? 0) + change;
    if (left === 0) open.delete(address);
    else open.set(address, left);
  };
  return async (context, isFree, answer) => {
    const address = clientAddress(context);
    if (isFree || address === UNKNOWN) return await answer();
    if ((open.get(address) ?? 0) >= most) {
      throw new HttpProblem(429, `one client follows ${most} streams at most; end one, or try again in ${RETRY_S} s`, {
        headers: { "Retry-After": String(RETRY_S) },
      });
    }
    add(address, 1);
    let isOpen = false;
    try {
      await answer();
      const { res } = context;
      isOpen = res.body !== null && isEventStream(res.headers);
      if (isOpen) context.res = new Response(untilOver(res.body!, () => add(address, -1)), res);
    } finally {
      if (!isOpen) add(address, -1);
    }
  };
}

/** Wraps a stream to call `over` once, when it has ended, failed or been cancelled. */
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
