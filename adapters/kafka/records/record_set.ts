import { ByteReader } from "./byte_reader.ts";
import { messageOf } from "@/application/faults.ts";
import { isCutOff, readBatch, type RecordBatch, splitBatches } from "./record_batch.ts";
import { controlMark, type DecodedRecord, decodeRecords } from "./records.ts";
import { Undecodable } from "./undecodable.ts";

/** An aborted transaction: its producer and its first offset. */
export type Aborted = { producerId: bigint; firstOffset: bigint };

/**
 * A batch that cannot be decoded. `first`: its first offset that was not read yet. `next`: the offset after it, where that is
 * certain. `bytes`: the whole batch.
 */
export type UndecodableBatch = { first: number; next: number | undefined; reason: string; bytes: Uint8Array };

/** `from`: the fetch offset. `maxBytes`: the approximate memory for the records. */
type ReadOptions = { from: number; aborted: Aborted[]; maxBytes: number };
/** The records before the first undecodable batch. `bytes`: the approximate memory that they take. */
export type RecordSet = { records: DecodedRecord[]; bytes: number; undecodable?: UndecodableBatch };

/** One batch may always take this much memory, so that reading makes progress. */
const MIN_BATCH_BYTES = 4 * 2 ** 20;
/** The type in the key of a control record that aborts a transaction. The key is version and type, two bytes each. */
const ABORTED_TYPE = 0;

/** Decodes the batches of one partition. Skips the records of aborted transactions without decoding them. */
export async function readRecordSet(set: Uint8Array, { from, aborted, maxBytes }: ReadOptions): Promise<RecordSet> {
  const isAborted = followTransactions(aborted);
  const records: DecodedRecord[] = [];
  const batches = [...splitBatches(set)];
  let [next, bytes] = [from, 0];
  for (const [at, raw] of batches.entries()) {
    try {
      // Brokers truncate the last batch of a large response, though never the first one.
      if (at > 0 && (bytes >= maxBytes || at === batches.length - 1 && isCutOff(raw))) break;
      const batch = readBatch(raw);
      if (batch.last < next) {
        throw new Undecodable(`it ends at ${batch.last}, before the offset ${next} that was wanted`);
      }
      const isSeen = !isAborted(batch) && !batch.isControl;
      const decoded = isSeen
        ? await decodeRecords(batch, { from, maxBytes: Math.max(MIN_BATCH_BYTES, maxBytes - bytes) })
        : undefined;
      for (const record of decoded?.records ?? [controlMark(Math.max(next, batch.first))]) records.push(record);
      bytes += decoded?.bytes ?? 0;
      if (decoded?.whole === false) break;
      next = batch.last + 1;
      // The offset also moves over a last record that is not delivered or was removed by compaction.
      if (records.at(-1)?.offset !== String(batch.last)) records.push(controlMark(batch.last));
    } catch (error) {
      const reason = messageOf(error);
      return { records, bytes, undecodable: undecodableOf(raw, batches[at + 1], { next, reason }) };
    }
  }
  return { records, bytes };
}

/**
 * Returns a function that is called with each batch in order and says whether it belongs to an aborted transaction: from the
 * transaction's first offset until its control record.
 */
function followTransactions(aborted: Aborted[]): (batch: RecordBatch) => boolean {
  const waiting = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  return (batch) => {
    while (waiting.length > 0 && waiting[0]!.firstOffset <= batch.last) open.add(waiting.shift()!.producerId);
    if (batch.isControl && open.has(batch.producerId) && endsAborted(batch)) open.delete(batch.producerId);
    return batch.isTransactional && !batch.isControl && open.has(batch.producerId);
  };
}

/** Returns whether a control batch aborts a transaction. */
function endsAborted({ records }: RecordBatch): boolean {
  const reader = new ByteReader(records);
  reader.varint(); // The length of the record. Its attributes, time and offset follow.
  reader.int8();
  reader.varlong();
  reader.varint();
  const key = reader.varintBytes();
  return key !== null && new ByteReader(key.subarray(2)).int16() === ABORTED_TYPE;
}

/** Describes an undecodable batch. The offset after it is certain when its checksum matches or a valid batch follows it. */
function undecodableOf(
  raw: Uint8Array,
  following: Uint8Array | undefined,
  { next, reason }: { next: number; reason: string },
): UndecodableBatch {
  const own = wholeBatch(raw);
  const first = Math.max(next, own?.first ?? next);
  const after = own === undefined ? following && wholeBatch(following)?.first : own.last + 1;
  return { first, next: after !== undefined && after > first ? after : undefined, reason, bytes: raw };
}

function wholeBatch(raw: Uint8Array): RecordBatch | undefined {
  try {
    return readBatch(raw);
  } catch {
    return undefined;
  }
}
