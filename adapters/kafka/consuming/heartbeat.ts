import type { EachBatchPayload } from "kafkajs";

export const HEARTBEAT_MS = 500;

/** Sends heartbeats during long work. Throws the error of a failed heartbeat (a rebalance) after the work has ended. */
export async function keepAlive<Value>({ heartbeat }: EachBatchPayload, work: () => Promise<Value>): Promise<Value> {
  let fault: unknown;
  const beat = setInterval(() => heartbeat().catch((error) => fault ??= error), HEARTBEAT_MS);
  const value = await work().finally(() => clearInterval(beat));
  if (fault !== undefined) throw fault;
  await heartbeat();
  return value;
}
