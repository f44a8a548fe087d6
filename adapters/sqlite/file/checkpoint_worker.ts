/**
 * A worker that runs a checkpoint for each path it receives, and answers each. It opens the file each time, so that it does not
 * hold the file open when the suite closes it.
 */
import { DatabaseSync } from "node:sqlite";

/** The part of a worker's global scope that this program uses. */
type Thread = { onmessage: (message: MessageEvent<string>) => void; postMessage(answer: undefined): void };

const thread = globalThis as typeof globalThis & Thread;

thread.onmessage = ({ data: path }) => {
  try {
    const connection = new DatabaseSync(path, { timeout: 0 });
    try {
      // A passive checkpoint waits for no reader or writer and blocks none.
      connection.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } finally {
      connection.close();
    }
  } catch {
    // The disk is full or fails. The next commit of the process reports it.
  }
  thread.postMessage(undefined);
};
