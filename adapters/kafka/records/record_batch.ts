import { ByteReader } from "./byte_reader.ts";
import { crc32c } from "./crc32c.ts";
import { Undecodable } from "./undecodable.ts";

/** A record batch of message format 2. `records` may still be compressed. */
export type RecordBatch = {
  /** The first and last offset of the batch. Compaction may have removed records between them. */
  first: number;
  last: number;
  codec: number;
  count: number;
  baseTimestamp: bigint;
  /** The time of all records when the topic uses LogAppendTime. */
  appendTime: bigint | undefined;
  producerId: bigint;
  isTransactional: boolean;
  isControl: boolean;
  records: Uint8Array;
};

/** The bytes of the base offset and the length, which the length does not count. */
const FRAME_BYTES = 12;
const MAGIC_AT = 16;
const MAGIC = 2;
/** The checksum covers all bytes from this index on. */
const CHECKED_FROM = 21;

const CODEC_MASK = 0x07;
const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Splits bytes into batches. The last one may be incomplete. */
export function* splitBatches(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = at + FRAME_BYTES > bytes.length ? 0 : Math.max(0, view.getInt32(at + 8));
    yield bytes.subarray(at, at + FRAME_BYTES + length);
    at += FRAME_BYTES + length;
  }
}

/** Returns whether the bytes begin with records of a message format before Kafka 0.11. */
export const isOldFormat = (bytes: Uint8Array): boolean => bytes.length > MAGIC_AT && bytes[MAGIC_AT]! < MAGIC;

/** Returns whether a batch is incomplete. */
export const isCutOff = (bytes: Uint8Array): boolean =>
  bytes.length < FRAME_BYTES || new DataView(bytes.buffer, bytes.byteOffset).getInt32(8) > bytes.length - FRAME_BYTES;

/** Reads the header of a batch and verifies its checksum. Throws `Undecodable`. */
export function readBatch(bytes: Uint8Array): RecordBatch {
  const reader = new ByteReader(bytes);
  const first = Number(reader.int64());
  const length = reader.int32();
  if (length !== reader.left) throw new Undecodable(`it is cut off: wanted ${length} bytes, found ${reader.left}`);
  reader.int32(); // The partition leader epoch.
  const magic = reader.int8();
  if (magic !== MAGIC) throw new Undecodable(`its format ${magic} is unknown`);
  const wanted = reader.uint32();
  const found = crc32c(bytes.subarray(CHECKED_FROM));
  if (found !== wanted) throw new Undecodable("its checksum does not match, so its bytes are damaged");
  const attributes = reader.int16();
  const last = first + reader.int32();
  const baseTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const producerId = reader.int64();
  reader.bytes(2 + 4); // The producer epoch and the base sequence.
  const count = reader.int32();
  const makesSense = first >= 0 && last >= first && Number.isSafeInteger(last) && count >= 0;
  if (!makesSense) throw new Undecodable(`its offsets make no sense: ${first} to ${last}, ${count} records`);
  return {
    first,
    last,
    codec: attributes & CODEC_MASK,
    count,
    baseTimestamp,
    appendTime: (attributes & APPEND_TIME) === 0 ? undefined : maxTimestamp,
    producerId,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    records: reader.bytes(reader.left),
  };
}
