import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export type Bytes = AsyncIterable<Uint8Array>;

/** A file's bytes; `onBytes` hears the length of each chunk that was read. */
export async function* fileBytes(path: string, onBytes?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    onBytes?.(chunk.length);
    yield chunk;
  }
}

const CHUNK_BYTES = 256 * 1024;

/** A server may pack a packed file again. More than that is no file that people have, and some unpack to themselves for ever. */
const MOST_PACKED = 2;

/** The bytes, unpacked where they begin as gzip does, whatever the file is called. Rejects when they end too early. */
export async function unzipped(source: Bytes, most = MOST_PACKED): Promise<{ bytes: Bytes; gzipped: boolean }> {
  const { head, bytes } = await peek(source, 2);
  if (most === 0 || head[0] !== 0x1f || head[1] !== 0x8b) return { bytes, gzipped: false };
  return { bytes: (await unzipped(unzip(bytes), most - 1)).bytes, gzipped: true };
}

const GZIP_FAULTS: Record<string, string> = {
  Z_BUF_ERROR: "cut off: its end is missing",
  Z_DATA_ERROR: "damaged: it cannot be unpacked",
};

/** An error of either stream ends both. */
async function* unzip(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(bytes, { objectMode: false });
  const plain = createGunzip({ chunkSize: CHUNK_BYTES });
  packed.on("error", (error) => plain.destroy(error));
  try {
    yield* packed.pipe(plain);
  } catch (error) {
    const reason = GZIP_FAULTS[(error as { code?: unknown }).code as string];
    throw reason === undefined ? error : new Error(`the gzip file is ${reason}`, { cause: error });
  } finally {
    packed.destroy();
  }
}

/** The first bytes (fewer, where the source has fewer), and all of them, the first ones again. */
export async function peek(source: Bytes, least: number): Promise<{ head: Uint8Array; bytes: Bytes }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < least) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    length += value.length;
  }
  const head = joined(chunks);
  return { head, bytes: resumed(head, iterator) };
}

async function* resumed(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

/** Several pieces as one; a single piece is not copied. */
export function joined(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The pieces between the separators, none of them copied twice. The last one may lack its separator. */
export async function* splitAt(source: Bytes, separator: number, mostBytes: number): AsyncGenerator<Uint8Array> {
  let open: Uint8Array[] = [];
  let openBytes = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(separator); at !== -1; at = chunk.indexOf(separator, from)) {
      yield joined([...open, chunk.subarray(from, at)]);
      [open, openBytes, from] = [[], 0, at + 1];
    }
    open.push(chunk.subarray(from));
    openBytes += chunk.length - from;
    if (openBytes > mostBytes) throw new Error(`a row of more than ${mostBytes} bytes cannot be read`);
  }
  if (openBytes > 0) yield joined(open);
}
