import type { IncomingMessage } from "node:http";

/**
 * Yields the parts of a body as they arrive. Reads from the connection only on demand, which applies back-pressure. Calls
 * `beforeRead` before the first byte. Throws when the connection ends before the body does.
 */
export async function* readParts(incoming: IncomingMessage, beforeRead: () => void): AsyncGenerator<Uint8Array> {
  beforeRead();
  // A consumer that stops early must not destroy the connection, which still carries the answer.
  yield* incoming.iterator({ destroyOnReturn: false });
}

/** Converts the parts to a stream. */
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
