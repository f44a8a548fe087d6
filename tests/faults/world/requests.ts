/** Tells which of the requests that a proxy is asked about begin in a chunk that a client sends. One per connection. */
export type Requests = (chunk: Uint8Array) => boolean;

/** Kafka's requests of one kind (0 is Produce): a length of four bytes, then the kind in two. */
export const kafkaRequests = (kind: number) => (): Requests => {
  let left = 0;
  let head: number[] = [];
  return (chunk) => {
    let found = false;
    for (let at = 0; at < chunk.length;) {
      if (left === 0) {
        head.push(chunk[at++]!);
        if (head.length < 6) continue;
        const [a, b, c, d, high, low] = head as [number, number, number, number, number, number];
        left = ((a << 24) | (b << 16) | (c << 8) | d) - 2;
        head = [];
        found ||= ((high << 8) | low) === kind;
      } else {
        const passed = Math.min(left, chunk.length - at);
        left -= passed;
        at += passed;
      }
    }
    return found;
  };
};

/** Kafka's number for the request that stores messages. */
export const PRODUCE = 0;

/** Statements of the MySQL protocol that begin with a word: a length of three bytes, a number, 3 for a query, the text. */
export const sqlRequests = (word: string) => (): Requests => (chunk) =>
  chunk[4] === 3 && new TextDecoder().decode(chunk.subarray(5, 5 + word.length)) === word;
