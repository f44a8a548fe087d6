import { Unavailable } from "@/application/faults.ts";
import type { Clock } from "@/application/ports.ts";

/** Resolves with the value, or rejects with `Unavailable` when it takes longer than the timeout. */
export async function withTimeout<Value>(timeoutMs: number, clock: Clock, value: Promise<Value>): Promise<Value> {
  const ended = new AbortController();
  const timeout = clock.sleep(timeoutMs, ended.signal).then((): never => {
    throw new Unavailable(`no answer within ${timeoutMs} ms`);
  });
  timeout.catch(() => {});
  try {
    return await Promise.race([value, timeout]);
  } finally {
    ended.abort();
  }
}
