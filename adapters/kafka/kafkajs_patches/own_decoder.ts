import { CompressionCodecs, CompressionTypes } from "kafkajs";
import Decoder from "kafkajs/decoder";
import fetchRequests from "kafkajs/fetch";
import decodeMessageSet from "kafkajs/message_set";
import { CODECS, decompress } from "@/adapters/kafka/records/decompress.ts";
import {
  decodeFetchResponse,
  type DecodeOldFormat,
  type Offsets,
  type Stuck,
} from "@/adapters/kafka/records/fetch_response.ts";
import { type DecodedRecord, MAX_BATCH_BYTES, stuckMark } from "@/adapters/kafka/records/records.ts";

/** The part of kafkajs' requests that the patch uses. */
type FetchArguments = { topics: { topic: string; partitions: { partition: number; fetchOffset: string }[] }[] };
type Made = { response: { decode(payload: Uint8Array): Promise<unknown>; parse(decoded: unknown): Promise<unknown> } };
type FetchRequests = { protocol(of: { version: number }): (asked: FetchArguments) => Made };

/** The first version of the fetch response with record batches. */
const FIRST_VERSION = 4;

let patched = false;
const stuckAt = new WeakMap<object, Stuck>();

/** Returns why a record cannot be decoded when the message is its placeholder, the last of a fetched batch; otherwise undefined. */
export const stuckOf = (message: object): Stuck | undefined => stuckAt.get(message);

// kafkajs 2.2.4 throws on a record batch that is damaged, too large or of a codec that it lacks (Snappy, LZ4, Zstandard). It then
// fetches the same offsets for ever, which stops all partitions of the response (its issues 254, 1141, 1475).

/** Makes kafkajs use our decoder. An undecodable batch becomes a placeholder, the last message of its partition (see `stuckOf`). */
export function patchDecoder(): void {
  if (patched) return;
  patched = true;
  registerCodecs();
  const requests = fetchRequests as FetchRequests;
  const { protocol } = requests;
  requests.protocol = ({ version }) => (asked) => {
    const made = protocol({ version })(asked);
    if (version < FIRST_VERSION) return made;
    const decode = (payload: Uint8Array) => decodeResponse(payload, version, offsetsOf(asked));
    return { ...made, response: { ...made.response, decode } };
  };
}

/** Registers codecs for kafkajs' own decoder, which still decodes message formats before Kafka 0.11. */
function registerCodecs(): void {
  for (const name of ["GZIP", "Snappy", "LZ4", "ZSTD"] as const) {
    const type = CompressionTypes[name];
    const known = name === "GZIP" ? CompressionCodecs[type]() : undefined;
    const codec = CODECS[name.toLowerCase() as keyof typeof CODECS];
    CompressionCodecs[type] = () => ({
      ...known,
      decompress: async (bytes: Uint8Array) => Buffer.from(await decompress(codec, bytes, MAX_BATCH_BYTES)),
    });
  }
}

const offsetsOf = ({ topics }: FetchArguments): Offsets =>
  new Map(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => [`${topic}/${partition}`, Number(fetchOffset)] as const)
    ),
  );

const decodeOldFormat: DecodeOldFormat = (bytes) =>
  (decodeMessageSet as (decoder: unknown, size: number) => Promise<DecodedRecord[]>)(
    new (Decoder as { new (bytes: Uint8Array): unknown })(bytes),
    bytes.length,
  );

async function decodeResponse(payload: Uint8Array, version: number, offsets: Offsets): Promise<unknown> {
  const decoded = await decodeFetchResponse(payload, { version, offsets, decodeOldFormat });
  for (const { partitions } of decoded.responses) {
    for (const { messages, stuck } of partitions) {
      if (stuck === undefined) continue;
      const mark = stuckMark(stuck.first);
      stuckAt.set(mark, stuck);
      messages.push(mark);
    }
  }
  return decoded;
}
