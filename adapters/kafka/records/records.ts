import { ByteReader } from "./byte_reader.ts";
import { decompress } from "./decompress.ts";
import type { RecordBatch } from "./record_batch.ts";
import { Undecodable } from "./undecodable.ts";

/** A record as kafkajs delivers it. A control record is not delivered; it only moves the offset. */
export type DecodedRecord = {
  magicByte: number;
  attributes: number;
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string | undefined>;
  isControlRecord: boolean;
  batchContext: Record<string, never>;
};

/**
 * The largest decompressed batch, 32 times the broker's default for a compressed one (`message.max.bytes`). Without a limit a
 * batch of a few kilobytes could fill the memory.
 */
export const MAX_BATCH_BYTES = 32 * 2 ** 20;
/** The largest record. Stores take statements of 16 MiB (MariaDB's `max_allowed_packet`), in which bytes are hexadecimal. */
export const MAX_RECORD_BYTES = 6 * 2 ** 20;
/** The approximate memory overhead of a record and of a header. */
const RECORD_COST_BYTES = 200;
const HEADER_COST_BYTES = 100;

const CONTEXT = {};

/** `from`: the fetch offset. Decoding stops once the records' overhead exceeds `maxBytes`. */
type DecodeOptions = { from: number; maxBytes: number };
/** `bytes`: the approximate memory taken. `whole`: the batch was decoded to its end. */
type Decoded = { records: DecodedRecord[]; bytes: number; whole: boolean };

/** Decodes the records of a batch from the offset `from` on, at least one of them. Throws `Undecodable`. */
export async function decodeRecords(batch: RecordBatch, { from, maxBytes }: DecodeOptions): Promise<Decoded> {
  const bytes = await decompress(batch.codec, batch.records, MAX_BATCH_BYTES);
  const reader = new ByteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const records: DecodedRecord[] = [];
  const guesses: Guess[] = [];
  let [cost, before] = [0, batch.first - 1];
  for (let index = 0; index < batch.count; index++) {
    if (cost > maxBytes) return { records, bytes: bytes.length + cost, whole: false };
    const { offset, record, cost: more } = readRecord(reader, batch, from, guesses);
    if (offset <= before || offset > batch.last) {
      throw new Undecodable(`a record has the offset ${offset} out of order`);
    }
    before = offset;
    if (record === undefined) continue;
    records.push(record);
    cost += more;
  }
  if (reader.left > 0) throw new Undecodable(`${reader.left} bytes are left behind its last record`);
  return { records, bytes: bytes.length + cost, whole: true };
}

type Read = { offset: number; record?: DecodedRecord; cost: number };

function readRecord(reader: ByteReader, batch: RecordBatch, from: number, guesses: Guess[]): Read {
  const length = reader.varint();
  if (length > MAX_RECORD_BYTES) {
    throw new Undecodable(`a record has ${length} bytes, wanted at most ${MAX_RECORD_BYTES}`);
  }
  const end = reader.at + length;
  const attributes = reader.int8();
  const delta = reader.varlong();
  const offset = batch.first + reader.varint();
  if (end < reader.at || end - reader.at > reader.left) throw new Undecodable("a record ends too early");
  if (offset < from) {
    reader.bytes(end - reader.at);
    return { offset, cost: 0 };
  }
  const key = reader.varintBytes() as Buffer | null;
  const value = reader.varintBytes() as Buffer | null;
  const { headers, count } = readHeaders(reader, guesses);
  if (reader.at !== end) throw new Undecodable(`a record is ${reader.at - end} bytes longer than it says`);
  const record = {
    magicByte: 2,
    attributes,
    timestamp: String(batch.appendTime ?? batch.baseTimestamp + delta),
    offset: String(offset),
    key,
    value,
    headers,
    isControlRecord: false,
    batchContext: CONTEXT,
  };
  return { offset, record, cost: RECORD_COST_BYTES + count * HEADER_COST_BYTES };
}

/** A header of the previous record. The next record is likely to have it at the same index, often with the same value. */
type Guess = { name: string; value: string | undefined };

/** Reads the headers by name. The first of several with one name wins. `guesses`: the previous record's headers, by index. */
function readHeaders(reader: ByteReader, guesses: Guess[]): { headers: DecodedRecord["headers"]; count: number } {
  const headers: DecodedRecord["headers"] = Object.create(null);
  const count = reader.varint();
  if (count < 0) throw new Undecodable("a record has fewer than no headers");
  for (let index = 0; index < count; index++) {
    const guess = guesses[index];
    const name = reader.varintText(guess?.name);
    if (name === undefined) throw new Undecodable("a header has no name");
    const value = reader.varintText(guess?.value);
    if (!(name in headers)) headers[name] = value;
    if (guess === undefined) guesses.push({ name, value });
    else [guess.name, guess.value] = [name, value];
  }
  return { headers, count };
}

const mark = {
  magicByte: 2,
  attributes: 0,
  timestamp: "0",
  key: null,
  value: null,
  headers: {},
  batchContext: CONTEXT,
};

/** Returns a control record that moves the offset over records that are not delivered. */
export const controlMark = (offset: number): DecodedRecord => ({
  ...mark,
  offset: String(offset),
  isControlRecord: true,
});

/** Returns a placeholder for an undecodable batch. */
export const stuckMark = (offset: number): DecodedRecord => ({
  ...mark,
  offset: String(offset),
  isControlRecord: false,
});
