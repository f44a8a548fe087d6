import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { messageOf } from "@/application/faults.ts";
import { BUSY, codeOf } from "@/adapters/sqlite/connection/connection.ts";

/** Larger files are not read as a whole at each start and stop. */
const MOST_BYTES = 512 * 2 ** 20;
const BLOCK_BYTES = 4 * 2 ** 20;

const BYTES = "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size";

const sealOf = (path: string): string => `${path}.sum`;
/** The bytes of a file; 0 where there is none. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Notes a file's checksum once nobody has it open any more, so that the next start sees whether its bytes are still the same:
 * SQLite itself notices a damaged structure, but not a damaged value.
 */
export function seal(path: string): void {
  if (!existsSync(path) || sizeOf(path) > MOST_BYTES) return;
  alone(path, (file) => write(path, `${checksum(file)}\n`));
}

/**
 * Throws when a file is not as it was sealed, or its structure is damaged. What is found without a seal was left by a kill or a
 * power cut, or is open elsewhere.
 */
export function checkSeal(path: string): void {
  if (sizeOf(path) === 0) return;
  const sealed = existsSync(sealOf(path)) ? readFileSync(sealOf(path), "utf8").trim() : "";
  if (!/^[0-9a-f]+ \d+$/.test(sealed)) return checkStructure(path);
  alone(path, (file) => {
    const found = checksum(file);
    if (found !== sealed) {
      throw new Error(
        "its bytes are not those that the suite has left: the disk or another program has changed it; put a backup back " +
          `(where you have put another file there on purpose, remove ${sealOf(path)})`,
      );
    }
  });
}

/** Takes the seal away, as the file is about to change. Called by who has the file open, so that nobody seals it meanwhile. */
export function breakSeal(path: string): void {
  if (existsSync(sealOf(path))) write(path, "");
}

/** Throws when a file is inconsistent or its tail was cut off. A file that is open elsewhere was checked there. */
export function checkStructure(path: string): void {
  const size = sizeOf(path);
  if (size > MOST_BYTES) return;
  // Pages may be missing while they are in the write-ahead log.
  const isWhole = sizeOf(`${path}-wal`) === 0;
  alone(path, (_, connection) => {
    const { bytes } = connection.prepare(BYTES).get() as { bytes: number };
    if (isWhole && size < bytes) throw new Error(`it has ${size} bytes of ${bytes}: put a backup back`);
    const { quick_check: found } = connection.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
    if (found !== "ok") throw new Error(`it is damaged; put a backup back (${found})`);
  });
}

/** Does something with a file that no connection of any process has open, and none opens meanwhile; otherwise nothing. */
function alone(path: string, work: (file: number, connection: DatabaseSync) => void): void {
  const connection = new DatabaseSync(path, { timeout: 0 });
  let file: number | undefined;
  try {
    connection.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    file = openSync(path, "r");
    work(file, connection);
  } catch (error) {
    if (!isBusy(error)) throw error;
  } finally {
    connection.close();
    // Closing any handle of the file gives up the locks of this process, so this is last.
    if (file !== undefined) closeSync(file);
  }
}

/** Not every error of SQLite comes with its code. */
const isBusy = (error: unknown): boolean => codeOf(error) === BUSY || /is locked|is busy/.test(messageOf(error));

function write(path: string, text: string): void {
  const file = openSync(sealOf(path), "w", 0o600);
  writeSync(file, new TextEncoder().encode(text));
  fsyncSync(file);
  closeSync(file);
}

function checksum(file: number): string {
  const { size } = fstatSync(file);
  const block = new Uint8Array(Math.min(BLOCK_BYTES, size));
  let sum = 0;
  for (let at = 0; at < size;) {
    const bytes = readSync(file, block, 0, block.length, at);
    if (bytes === 0) break;
    sum = crc32(block.subarray(0, bytes), sum);
    at += bytes;
  }
  return `${sum.toString(16)} ${size}`;
}
