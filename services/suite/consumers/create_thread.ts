import { transfer, wrap } from "comlink";
import type { Measurements } from "@/adapters/prometheus/meter.ts";
import { linkThread } from "@/adapters/sqlite/connection/commit_signal.ts";
import type { ProjectionConsumer } from "@/services/projection_consumer.ts";
import type { Settings } from "@/services/settings/settings.ts";
import type { Check, Part } from "@/services/shared/health/readiness.ts";
import type { Projection, ThreadCalls } from "./thread.ts";

/** The worker thread of trend's and recommendation's consumers, as the main thread sees it. */
type ConsumerThread = {
  /** Opens the log and the stores in the thread, and starts the consumers. Throws what the thread throws. */
  start(settings: Settings): Promise<Record<Projection, ProjectionConsumer>>;
  measurements(of: Projection): Promise<Measurements>;
  /** Closes the log and the stores. Call it once the consumers have stopped. */
  close(): Promise<void>;
};

/** Starts the worker thread. An uncaught error in it ends the process, as one in the main thread does. */
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
    // `joined` may reject while the services are still starting.
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
      try {
        await thread.close();
      } finally {
        unlink();
        worker.terminate();
      }
    },
  };
}
