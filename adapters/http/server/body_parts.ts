import type { IncomingMessage } from "node:http";

/**
 * The body of a request as it comes. Nothing is taken from the connection before somebody reads, and no more than is read;
 * `beforeRead` is called before the first byte. Throws when the connection ends before the body does.
 */
export async function* readParts(incoming: IncomingMessage, beforeRead: () => void): AsyncGenerator<Uint8Array> {
  beforeRead();
  // Whoever stops reading does not end the connection, on which the answer goes out.
  yield* incoming.iterator({ destroyOnReturn: false });
}

/** The same as a stream. */
export function toStream(parts: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  }, { highWaterMark: 0 });
}
