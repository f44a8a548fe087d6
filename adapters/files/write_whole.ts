import { writeSync } from "node:fs";
import { fileFault } from "@/application/shared/text/file_fault.ts";

type Write = (file: number, bytes: Uint8Array, at: number, length: number) => number;

/** Writes all bytes: a disk that is nearly full takes a part of what it is given. Throws an error that names the path. */
export function writeWhole(
  { file, path }: { file: number; path: string },
  bytes: Uint8Array,
  write: Write = writeSync,
): void {
  try {
    for (let at = 0; at < bytes.length;) at += write(file, bytes, at, bytes.length - at);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${fileFault(error, "write")}`, { cause: error });
  }
}
