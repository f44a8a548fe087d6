import { Unavailable } from "./faults.ts";
import type { Clock } from "./ports.ts";

/** How long whoever asks waits for a question that is on its way instead of asking again (ms). */
const ON_ITS_WAY = 30_000;

/** An answer that is at most `age` milliseconds old. A part that hangs is asked once, not by everybody who looks. */
export function cacheFor<Value>(ask: () => Promise<Value>, age: number, clock: Clock): () => Promise<Value> {
  let last: { at: number; answer: Promise<Value> } | undefined;
  return () => {
    if (last !== undefined && clock.now() - last.at < age) return last.answer;
    const asked = { at: clock.now() + ON_ITS_WAY, answer: ask() };
    last = asked;
    const settle = () => void (asked.at = clock.now());
    asked.answer.then(settle, settle);
    return asked.answer;
  };
}

/** The answer, or a rejection (`Unavailable`) when it takes longer than so many milliseconds. */
export async function withTimeout<Value>(milliseconds: number, clock: Clock, answer: Promise<Value>): Promise<Value> {
  const over = new AbortController();
  const late = clock.sleep(milliseconds, over.signal).then((): never => {
    throw new Unavailable(`no answer within ${milliseconds} ms`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort();
  }
}
