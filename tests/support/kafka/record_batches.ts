import { gzipSync } from "node:zlib";
import { crc32c } from "@/adapters/kafka/records/crc32c.ts";

type Given = {
  offset?: number;
  offsetDelta?: number;
  timestamp?: number;
  key?: string | null;
  value?: string | Uint8Array | null;
  headers?: [string, string | null][];
};
type Options = {
  first?: number;
  /** The last offset that the batch covers; that of its last record otherwise. */
  last?: number;
  codec?: number;
  attributes?: number;
  producerId?: number;
  /** Bytes that replace the number of records, and the records themselves. */
  count?: number;
  body?: Uint8Array;
};

const encoder = new TextEncoder();

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function sized(value: string | Uint8Array | null): Uint8Array {
  if (value === null) return new Uint8Array(varint(-1));
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  return joined(new Uint8Array(varint(bytes.length)), bytes);
}

export const joined = (...parts: Uint8Array[]): Uint8Array => joinAll(parts);

function joinAll(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Records as encoded in a batch. */
function recordsOf(records: Given[]): Uint8Array {
  return joinAll(records.map((record, at) => {
    const { offset = at, timestamp = at, key = `k${at}`, value = `v${at}`, headers = [] } = record;
    const fields = [new Uint8Array([0, ...varint(timestamp), ...varint(offset)]), sized(key), sized(value)];
    const named = headers.flatMap(([name, text]) => [sized(name), sized(text)]);
    const body = joinAll(fields.concat(new Uint8Array(varint(headers.length)), named));
    return joined(new Uint8Array(varint(body.length)), body);
  }));
}

/** A record batch of format 2, its checksum right. Offsets of records count from the batch's first. */
export function batchOf(records: Given[], options: Options = {}): Uint8Array {
  const { first = 0, codec = 0, attributes = 0, producerId = -1, count = records.length } = options;
  const last = options.last ?? first + Math.max(0, records.at(-1)?.offset ?? records.length - 1);
  const plain = recordsOf(records);
  const body = options.body ?? (codec === 1 ? new Uint8Array(gzipSync(plain)) : plain);
  const bytes = new Uint8Array(61 + body.length);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(first));
  view.setInt32(8, bytes.length - 12);
  view.setInt8(16, 2);
  view.setInt16(21, codec | attributes);
  view.setInt32(23, last - first);
  view.setBigInt64(27, 1_700_000_000_000n);
  view.setBigInt64(35, 1_700_000_000_999n);
  view.setBigInt64(43, BigInt(producerId));
  view.setInt32(57, count);
  bytes.set(body, 61);
  view.setUint32(17, crc32c(bytes.subarray(21)));
  return bytes;
}

/** The batch that ends a transaction. */
export const controlBatch = (first: number, producerId: number, how: "aborted" | "committed"): Uint8Array =>
  batchOf([{}], {
    first,
    producerId,
    attributes: 0x30,
    body: joined(
      new Uint8Array([...varint(16), 0, ...varint(0), ...varint(0), ...varint(4), 0, 0, 0, how === "aborted" ? 0 : 1]),
      new Uint8Array([...varint(6), 0, 0, 0, 0, 0, 0, ...varint(0)]),
    ),
  });
