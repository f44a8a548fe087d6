/** The thread of the consumers, which cannot start, or finds out a little later that it cannot join. */
import { expose } from "comlink";

const refuse = () => Promise.reject(new Error("the thread refuses"));
expose({
  faulted: () => new Promise(() => {}),
  start: Deno.env.get("NOISE") === "start" ? refuse : () => ({ trend: [], recommendation: [] }),
  joined: refuse,
  stop: () => {},
  close: () => {},
});
