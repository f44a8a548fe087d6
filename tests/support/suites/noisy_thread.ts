/** The thread of the consumers, in which something is not caught. */
setTimeout(() => {
  throw new Error("nobody catches this");
}, 1_500);
await import("@/services/suite/consumers/thread.ts");
