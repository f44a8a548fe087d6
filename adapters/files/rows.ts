import { parse } from "csv-parse";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { extname } from "node:path";
import { createGunzip } from "node:zlib";
import { pipeline } from "node:stream";

/** Called with the length of each chunk of the file that was read. */
type OnBytes = (bytes: number) => void;

/**
 * The rows of a CSV file (with a header) or a JSON Lines file (`.jsonl`, `.ndjson`), gzipped where the name ends in `.gz`,
 * read as a stream. Throws when the file cannot be read; a line that is not JSON is a row without columns.
 */
export async function* rowsOf(path: string, onBytes?: OnBytes): AsyncGenerator<Record<string, unknown>> {
  const gzipped = extname(path) === ".gz";
  const kind = extname(gzipped ? path.slice(0, -3) : path).toLowerCase();
  const file = createReadStream(path);
  file.on("data", (chunk) => onBytes?.(chunk.length));
  const bytes = gzipped ? pipeline(file, createGunzip(), () => {}) : file;
  if (kind === ".jsonl" || kind === ".ndjson") {
    for await (const line of createInterface({ input: bytes, crlfDelay: Infinity })) {
      if (line.trim() !== "") yield objectOf(line);
    }
    return;
  }
  const options = { columns: true, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true };
  const parsed = pipeline(bytes, parse(options), () => {});
  for await (const row of parsed) yield row as Record<string, unknown>;
}

function objectOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}
