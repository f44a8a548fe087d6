import { messageOf } from "@/application/faults.ts";

/** SQLite's messages for a file that it cannot open, and what to do. Most of these errors have no code. */
const MEANINGS: [says: RegExp, means: string][] = [
  [
    /is locked|is busy/,
    "another program holds it alone: end that one (a move, a backup, another suite), or set another DATA_DIR",
  ],
  [
    /not a database/,
    "it is no database: another program's file has this name; set another DATA_DIR, or move that file",
  ],
  [/unable to open/, "it cannot be opened: look at its rights, and whether it is a file"],
  [/malformed|corrupt/, "it is damaged; put a backup back"],
  [/readonly|read-only/, "it cannot be written: look at its rights and its disk"],
];

/** Opens a file. Throws an error that names the file and, for a known error, says what to do. */
export function openOrExplain<Opened>(path: string, open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    const message = messageOf(error);
    const [, means] = MEANINGS.find(([says]) => says.test(message)) ?? [];
    throw new Error(`${path}: ${means === undefined ? message : `${means} (${message})`}`, { cause: error });
  }
}
