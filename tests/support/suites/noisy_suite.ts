/** The whole suite, in a runtime that prints warnings. */
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import process from "node:process";

setTimeout(() => {
  process.emitWarning("something is odd");
  const emitter = new EventEmitter();
  for (let at = 0; at < 12; at++) emitter.on("tick", () => {});
  Reflect.construct(Buffer, [1]);
}, 500);
if (Deno.env.get("NOISE") === "reject") setTimeout(() => void Promise.reject(new Error("nobody catches this")), 1_500);
if (Deno.env.get("NOISE") === "throw") {
  setTimeout(() => {
    throw new Error("nobody catches this");
  }, 1_500);
}
const THREADS: Record<string, string> = {
  thread: "./noisy_thread.ts",
  start: "./refusing_thread.ts",
  joined: "./refusing_thread.ts",
};
const thread = THREADS[Deno.env.get("NOISE") ?? ""];
if (thread !== undefined) {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(program: string | URL, options?: WorkerOptions) {
      const isConsumers = String(program).endsWith("/consumers/thread.ts");
      super(isConsumers ? import.meta.resolve(thread!) : program, options);
    }
  };
}
await import("@/services/suite/main.ts");
