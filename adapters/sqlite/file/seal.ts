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

/** Larger files are not sealed, as reading them at each start and stop takes too long. */
const MOST_BYTES = 512 * 2 ** 20;
const BLOCK_BYTES = 4 * 2 ** 20;

const BYTES = "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size";

const sealOf = (path: string): string => `${path}.sum`;
/** Returns the bytes of a file, or 0 when it does not exist. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Stores the checksum of a file that no process has open any more. The next start compares it: SQLite detects a damaged structure,
 * but not a damaged value.
 */
export function seal(path: string): void {
  if (!existsSync(path) || sizeOf(path) > MOST_BYTES) return;
  alone(path, (file) => write(path, `${checksum(file)}\n`));
}

/**
 * Throws when a file differs from its seal. After a kill or a power cut, or while another process has it open, a file has no
 * seal: then its structure is checked instead.
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

/** Clears the seal before the file changes. The caller must have the file open, so that no other process seals it meanwhile. */
export function breakSeal(path: string): void {
  if (existsSync(sealOf(path))) write(path, "");
}

/** Throws when a file is inconsistent or truncated. Skips a file that another process has open, as that one has checked it. */
export function checkStructure(path: string): void {
  const size = sizeOf(path);
  if (size > MOST_BYTES) return;
  // The last pages may still be in the write-ahead log only.
  const isWhole = sizeOf(`${path}-wal`) === 0;
  alone(path, (_, connection) => {
    const { bytes } = connection.prepare(BYTES).get() as { bytes: number };
    if (isWhole && size < bytes) throw new Error(`it has ${size} bytes of ${bytes}: put a backup back`);
    const { quick_check: found } = connection.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
    if (found !== "ok") throw new Error(`it is damaged; put a backup back (${found})`);
  });
}

/** Does work on a file that nobody has open, and keeps others from opening it. Does nothing when the file is in use. */
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
    // Closing any handle of the file drops the process's locks, so this comes last.
    if (file !== undefined) closeSync(file);
  }
}

/** Returns whether an error means that the file is in use. Some errors of SQLite have no code. */
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
