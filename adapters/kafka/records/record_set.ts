import { ByteReader } from "./byte_reader.ts";
import { messageOf } from "@/application/faults.ts";
import { isCutOff, readBatch, type RecordBatch, splitBatches } from "./record_batch.ts";
import { controlMark, type DecodedRecord, decodeRecords } from "./records.ts";
import { Undecodable } from "./undecodable.ts";

/** A transaction that was given up: its producer, and the offset where it began. */
export type Aborted = { producerId: bigint; firstOffset: bigint };

/**
 * A batch that cannot be decoded, from `first` on, as what stands before it is read. `next`: the offset behind it, where that is
 * certain. `bytes`: the whole batch as it stands.
 */
export type UndecodableBatch = { first: number; next: number | undefined; reason: string; bytes: Uint8Array };

/** `from`: the first offset that is wanted. `maxBytes`: about the memory that the records may take. */
type Wanted = { from: number; aborted: Aborted[]; maxBytes: number };
/** Records up to the first batch that cannot be decoded. `bytes`: about the memory that they take. */
export type RecordSet = { records: DecodedRecord[]; bytes: number; undecodable?: UndecodableBatch };

/** Overhead that the records of one batch may always take, so that reading makes progress. */
const MIN_BATCH_BYTES = 4 * 2 ** 20;
/** The key of the control record that ends an aborted transaction: version and type, each in two bytes. */
const ABORTED_TYPE = 0;

/** Decodes the batches of one partition. Records of aborted transactions are left out, and never decoded. */
export async function readRecordSet(set: Uint8Array, { from, aborted, maxBytes }: Wanted): Promise<RecordSet> {
  const isAborted = followTransactions(aborted);
  const records: DecodedRecord[] = [];
  const batches = [...splitBatches(set)];
  let [next, bytes] = [from, 0];
  for (const [at, raw] of batches.entries()) {
    try {
      // Brokers cut off what follows the first batch where the answer would grow too large.
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
      // Where the last record is not seen, or was removed by compaction, the offset moves on all the same.
      if (records.at(-1)?.offset !== String(batch.last)) records.push(controlMark(batch.last));
    } catch (error) {
      const reason = messageOf(error);
      return { records, bytes, undecodable: undecodableOf(raw, batches[at + 1], { next, reason }) };
    }
  }
  return { records, bytes };
}

/**
 * Follows the transactions of a partition, batch by batch: a function that says whether a batch belongs to one that was
 * aborted. It does after the first offset of a transaction, until the control record that ends it.
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

/** Whether a control batch ends a transaction by giving it up. */
function endsAborted({ records }: RecordBatch): boolean {
  const reader = new ByteReader(records);
  reader.varint(); // The length of the record, and its attributes, time and offset behind it.
  reader.int8();
  reader.varlong();
  reader.varint();
  const key = reader.varintBytes();
  return key !== null && new ByteReader(key.subarray(2)).int16() === ABORTED_TYPE;
}

/** The offset behind the batch is certain where its checksum matches, or a whole batch follows it. */
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
