import { chmodSync, closeSync, openSync } from "node:fs";

const OWN_FILE = 0o600;
/** SQLite gives the files that it makes beside a database the mode of the database. */
const BESIDE = ["", "-wal", "-shm"];

/**
 * Makes a database's file readable by its owner alone, before SQLite makes it readable by all. A file that is there is never opened
 * here: closing any handle of it would take away the locks of this process.
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
