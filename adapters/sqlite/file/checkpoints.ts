import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";

/** Writes back what commits have left in a file's write-ahead log, in a thread of its own. */
interface Checkpoints {
  /** After each commit. */
  wrote(rows: number): void;
  /** Resolves when the thread has the file closed. */
  close(): Promise<void>;
}

/** The pages at which a commit writes all back itself: more than the thread leaves, so that there are few of them then. */
export const MOST_LOG_PAGES = 16_000;
const MIN_ROWS = 1_000;
const MIN_INTERVAL_MS = 2_000;

/** `waiting`: those who wait for the worker, which answers in order. It has failed where they are missing. */
type Thread = { worker: Worker; files: number; waiting: (() => void)[] | undefined };
/** The thread for all files of this process, while any of them uses it. */
let thread: Thread | undefined;

/**
 * A commit at SQLite's own limit of 1,000 pages waits for the disk twice more, and on the event loop all requests wait with it. The
 * thread starts with the first file that is written much.
 */
export function createCheckpoints(path: string, clock: Clock): Checkpoints {
  let rows = 0;
  let last = clock.now();
  let running: Promise<void> | undefined;
  let own: Thread | undefined;

  function begin(): void {
    rows = 0;
    last = clock.now();
    if (own === undefined) {
      own = thread ??= startThread();
      own.files++;
    }
    running = checkpoint(own, path).finally(() => running = undefined);
  }

  return {
    wrote(more) {
      rows += more;
      if (running === undefined && rows >= MIN_ROWS && elapsedMs(clock, last) >= MIN_INTERVAL_MS) begin();
    },
    async close() {
      await running;
      if (own === undefined) return;
      own.files--;
      if (own.files === 0) {
        own.worker.terminate();
        thread = undefined;
      }
      own = undefined;
    },
  };
}

function startThread(): Thread {
  const worker = new Worker(import.meta.resolve("./checkpoint_worker.ts"), { type: "module" });
  const started: Thread = { worker, files: 0, waiting: [] };
  worker.onmessage = () => started.waiting?.shift()?.();
  worker.onerror = (event) => {
    // Without the thread commits write the pages back themselves.
    event.preventDefault();
    const waiting = started.waiting ?? [];
    started.waiting = undefined;
    for (const resolve of waiting) resolve();
  };
  return started;
}

function checkpoint({ worker, waiting }: Thread, path: string): Promise<void> {
  if (waiting === undefined) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  worker.postMessage(path);
  return promise;
}
