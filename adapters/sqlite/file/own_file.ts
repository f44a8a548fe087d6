import { chmodSync, closeSync, openSync } from "node:fs";

const OWN_FILE = 0o600;
/** The files of a database. SQLite gives the last two the mode of the first. */
const BESIDE = ["", "-wal", "-shm"];

/**
 * Makes a database readable by its owner only, as SQLite would create it readable by all. Never opens an existing file: closing
 * any handle of it would drop the process's POSIX locks.
 */
export function ownFile(path: string): void {
  if (made(path)) return;
  for (const file of BESIDE.map((end) => path + end)) {
    ignoring(["ENOENT", "EPERM", "EROFS"], () => chmodSync(file, OWN_FILE));
  }
}

const made = (path: string): boolean =>
  ignoring(["EEXIST", "EISDIR"], () => closeSync(openSync(path, "wx", OWN_FILE))) === "done";

function ignoring(codes: string[], act: () => void): "done" | "ignored" {
  try {
    act();
    return "done";
  } catch (error) {
    if (!codes.includes(String((error as { code?: unknown }).code))) throw error;
    return "ignored";
  }
}
