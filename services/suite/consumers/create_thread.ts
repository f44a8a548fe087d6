import { transfer, wrap } from "comlink";
import type { Measurements } from "@/adapters/prometheus/meter.ts";
import { linkThread } from "@/adapters/sqlite/connection/commit_signal.ts";
import type { ProjectionConsumer } from "@/services/projection_consumer.ts";
import type { Settings } from "@/services/settings/settings.ts";
import type { Check, Part } from "@/services/shared/health/readiness.ts";
import type { Projection, ThreadCalls } from "./thread.ts";

/** A thread for the consumers of trend and recommendation, seen from the one that answers requests. */
type ConsumerThread = {
  /** Opens log and stores in the thread, and starts the consumers. Throws what the thread throws. */
  start(settings: Settings): Promise<Record<Projection, ProjectionConsumer>>;
  measurements(of: Projection): Promise<Measurements>;
  /** Once its consumers have stopped. */
  close(): Promise<void>;
};

/** Loads the thread's program. An error there that nobody catches ends the process, as one here does. */
export function createConsumerThread(): ConsumerThread {
  const worker = new Worker(import.meta.resolve("./thread.ts"), { type: "module", name: "consumers" });
  const thread = wrap<ThreadCalls>(worker);
  const { port1, port2 } = new MessageChannel();
  const unlink = linkThread(port1);
  thread.faulted().then(() => Deno.exit(1));
  const checkOf = (name: Projection, part: string): Check => async (verbose) =>
    await thread.check(name, part, verbose) as Part;
  function consumerOf(name: Projection, parts: string[]): ProjectionConsumer {
    const joined = thread.joined(name);
    // It may reject while the services still start.
    joined.catch(() => {});
    return {
      joined,
      handled: async () => await thread.handled(name),
      checks: Object.fromEntries(parts.map((part) => [part, checkOf(name, part)])),
      stop: async () => await thread.stop(name),
    };
  }
  return {
    async start(settings) {
      const { trend, recommendation } = await thread.start(settings, transfer(port2, [port2]));
      return { trend: consumerOf("trend", trend), recommendation: consumerOf("recommendation", recommendation) };
    },
    measurements: async (name) => await thread.measurements(name),
    async close() {
      await thread.close();
      unlink();
      worker.terminate();
    },
  };
}
