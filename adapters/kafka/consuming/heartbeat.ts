import type { EachBatchPayload } from "kafkajs";

export const HEARTBEAT_MS = 500;

/**
 * Keeps the membership alive while work takes long. An error of a heartbeat (a rebalance) is thrown when the work is done.
 */
export async function keepAlive<Value>({ heartbeat }: EachBatchPayload, work: () => Promise<Value>): Promise<Value> {
  let fault: unknown;
  const beat = setInterval(() => heartbeat().catch((error) => fault ??= error), HEARTBEAT_MS);
  const value = await work().finally(() => clearInterval(beat));
  if (fault !== undefined) throw fault;
  await heartbeat();
  return value;
}
