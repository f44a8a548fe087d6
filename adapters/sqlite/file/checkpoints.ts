import { elapsedMs } from "@/application/elapsed.ts";
import type { Clock } from "@/application/ports.ts";

/** Checkpoints a file's write-ahead log in a worker thread. */
interface Checkpoints {
  /** Called after each commit. */
  wrote(rows: number): void;
  /** Resolves when the thread has closed the file. */
  close(): Promise<void>;
}

/** At this many pages in the log a commit runs the checkpoint itself. The thread keeps the log smaller, so this is rare. */
export const MOST_LOG_PAGES = 16_000;
const MIN_ROWS = 1_000;
const MIN_INTERVAL_MS = 2_000;

/** `waiting`: the pending requests, which the worker answers in order. It is undefined when the worker has failed. */
type Thread = { worker: Worker; files: number; waiting: (() => void)[] | undefined };
/** The thread that all files of this process share, while any of them uses it. */
let thread: Thread | undefined;

/**
 * Creates the checkpoints of a file. At SQLite's own limit of 1,000 pages a commit would run the checkpoint on the event loop, with
 * two more syncs, and all requests would wait. The thread starts when a file first has many writes.
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
    // Without the thread, commits run the checkpoints.
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
