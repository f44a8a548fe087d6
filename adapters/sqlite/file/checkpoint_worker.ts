/**
 * A thread that writes the pages of a write-ahead log back into their file, for each path that it is sent. It answers each. The
 * file is opened each time, so that whoever closes it next is the last to have it open.
 */
import { DatabaseSync } from "node:sqlite";

/** What this program uses of the global scope of a worker. */
type Thread = { onmessage: (message: MessageEvent<string>) => void; postMessage(answer: undefined): void };

const thread = globalThis as typeof globalThis & Thread;

thread.onmessage = ({ data: path }) => {
  try {
    const connection = new DatabaseSync(path, { timeout: 0 });
    try {
      // Passive: it waits for nobody, and nobody waits for it.
      connection.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } finally {
      connection.close();
    }
  } catch {
    // A full or failing disk: the next commit of the process finds it too, and says so.
  }
  thread.postMessage(undefined);
};
