import { promisify } from "node:util";
import { gunzip, zstdDecompress } from "node:zlib";
import { messageOf } from "@/application/faults.ts";
import { decompressLz4 } from "./lz4.ts";
import { decompressSnappy } from "./snappy.ts";
import { Undecodable } from "./undecodable.ts";

/** The codec numbers in the attributes of a record batch. */
export const CODECS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

const TOO_LARGE = "ERR_BUFFER_TOO_LARGE";

type Decompress = (bytes: Uint8Array, maxBytes: number) => Uint8Array | Promise<Uint8Array>;

/** Wraps a decompression of the runtime, which works in its thread pool. */
const byRuntime = (decompress: typeof gunzip | typeof zstdDecompress): Decompress => {
  const run = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(decompress);
  return async (bytes, maxBytes) => {
    try {
      return await run(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      const isTooLarge = (error as { code?: string }).code === TOO_LARGE;
      throw new Undecodable(isTooLarge ? `it decompresses to more than ${maxBytes} bytes` : messageOf(error));
    }
  };
};

const DECOMPRESS: Record<number, [name: string, decompress: Decompress]> = {
  [CODECS.none]: ["none", (bytes) => bytes],
  [CODECS.gzip]: ["gzip", byRuntime(gunzip)],
  [CODECS.snappy]: ["snappy", decompressSnappy],
  [CODECS.lz4]: ["lz4", decompressLz4],
  [CODECS.zstd]: ["zstd", byRuntime(zstdDecompress)],
};

/** Decompresses to at most `maxBytes`, whatever size the bytes claim. Throws `Undecodable`, also for an unknown codec. */
export async function decompress(codec: number, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const known = DECOMPRESS[codec];
  if (known === undefined) throw new Undecodable(`its codec ${codec} is unknown`);
  const [name, run] = known;
  try {
    return await run(bytes, maxBytes);
  } catch (error) {
    if (error instanceof Undecodable) throw new Undecodable(`${name}: ${error.message}`);
    throw error;
  }
}
