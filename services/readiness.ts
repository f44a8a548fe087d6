import type { RunningConsumer } from "@/application/messaging/consume.ts";
import { messageOf } from "@/application/messaging/faults.ts";

export type Part = { ok: boolean; detail?: string };
export type Readiness = { ready: boolean; parts: Record<string, Part> };

/** Asks each part; ready when all are. A part that throws is not. */
export async function readiness(checks: Record<string, () => Part | Promise<Part>>): Promise<Readiness> {
  const parts: Record<string, Part> = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      parts[name] = await check();
    } catch (error) {
      parts[name] = { ok: false, detail: messageOf(error) };
    }
  }
  return { ready: Object.values(parts).every((part) => part.ok), parts };
}

/** A store is ready when it answers. */
export const storePart = (store: { ping(): Promise<void> }) => async (): Promise<Part> => {
  await store.ping();
  return { ok: true };
};

/** A consumer is ready when it has joined its group and makes progress. */
export const consumerPart = (consumer: RunningConsumer) => (): Part => {
  const { healthy, joined, reachable, assigned, halted, handled, skipped, parked } = consumer.state();
  const gaps = halted.length === 0 ? "" : `; the log has a gap in ${halted.join(", ")}`;
  return {
    ok: healthy && joined && reachable && halted.length === 0,
    detail: `${assigned.length} partitions, ${handled} handled, ${skipped} skipped, ${parked} parked${gaps}` +
      (reachable ? "" : "; the log does not answer"),
  };
};
