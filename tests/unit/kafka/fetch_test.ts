import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fetchRequests from "kafkajs/fetch";
import { patchDecoder, stuckOf } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import type { DecodedRecord } from "@/adapters/kafka/records/records.ts";
import { batchOf, joined } from "@/tests/support/kafka/record_batches.ts";

type Partition = {
  partition: number;
  errorCode?: number;
  aborted?: [producer: number, first: number][];
  set: Uint8Array;
};
type Decoded = {
  throttleTime: number;
  clientSideThrottleTime?: number;
  responses: { topicName: string; partitions: { partition: number; errorCode: number; messages: DecodedRecord[] }[] }[];
};
type Requests = {
  protocol(of: { version: number }): (asked: unknown) => {
    response: { decode(bytes: Uint8Array): Promise<Decoded>; parse(decoded: Decoded): Promise<Decoded> };
  };
};

const THROTTLED_MS = 7;

function write(size: number, put: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  put(new DataView(bytes.buffer));
  return bytes;
}
const int16 = (value: number) => write(2, (view) => view.setInt16(0, value));
const int32 = (value: number) => write(4, (view) => view.setInt32(0, value));
const int64 = (value: number) => write(8, (view) => view.setBigInt64(0, BigInt(value)));

/** An answer to a fetch of one topic. */
const answer = (version: number, partitions: Partition[]): Buffer =>
  Buffer.from(joined(
    int32(THROTTLED_MS),
    ...(version >= 7 ? [int16(0), int32(1)] : []),
    int32(1),
    int16(1),
    new TextEncoder().encode("t"),
    int32(partitions.length),
    ...partitions.flatMap(({ partition, errorCode = 0, aborted = [], set }) => [
      int32(partition),
      int16(errorCode),
      int64(100),
      int64(100),
      ...(version >= 5 ? [int64(0)] : []),
      int32(aborted.length),
      ...aborted.flatMap(([producer, first]) => [int64(producer), int64(first)]),
      ...(version >= 11 ? [int32(-1)] : []),
      int32(set.length),
      set,
    ]),
  ));

const requests = fetchRequests as Requests;
const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];
const NONE = new Uint8Array();
/** How the client decodes and checks an answer. `fetchOffset`: that of partition 0, where others are read from the beginning. */
async function decode(version: number, partitions: Partition[], fetchOffset = "0"): Promise<Decoded> {
  const asked = {
    maxWaitTime: 1,
    minBytes: 1,
    maxBytes: 1,
    topics: [{
      topic: "t",
      partitions: partitions.map(({ partition }) => ({
        partition,
        fetchOffset: partition === 0 ? fetchOffset : "0",
        maxBytes: 1,
      })),
    }],
  };
  const { response } = requests.protocol({ version })(asked);
  return await response.parse(await response.decode(answer(version, partitions)));
}

describe("the client's decoding of what it fetched", () => {
  const healthy = { partition: 1, set: joined(batchOf([{}, {}]), batchOf([{ value: null }], { first: 2, codec: 1 })) };
  const seen = ({ responses: [topic] }: Decoded) =>
    topic!.partitions.map(({ messages }) =>
      messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset, key, value, timestamp, headers }) =>
        [offset, key, value, timestamp, { ...headers }].map(String).join()
      )
    );

  it("gives the same as before for what it could read, in every version of the answer", async () => {
    const before = await Promise.all(VERSIONS.map((version) => decode(version, [healthy])));
    expect(seen(before[0]!)[0]!.length).toBe(3);
    patchDecoder();
    const after = await Promise.all(VERSIONS.map((version) => decode(version, [healthy])));
    expect(after.map(seen)).toEqual(before.map(seen));
    const throttling = ({ throttleTime, clientSideThrottleTime }: Decoded) => [throttleTime, clientSideThrottleTime];
    expect(after.map(throttling)).toEqual(before.map(throttling));
  });

  it("gives what cannot be decoded as the last message of its partition; the others are as they were", async () => {
    patchDecoder();
    const broken = joined(
      batchOf([{}], { first: 5 }),
      batchOf([{}], { first: 6, codec: 7 }),
      batchOf([{}], { first: 7 }),
    );
    for (const version of VERSIONS) {
      const { responses: [topic] } = await decode(version, [{ partition: 0, set: broken }, healthy], "5");
      const [stuck, other] = topic!.partitions;
      expect(stuck!.messages.map(({ offset }) => offset)).toEqual(["5", "6"]);
      expect(stuckOf(stuck!.messages[0]!)).toBe(undefined);
      expect(stuckOf(stuck!.messages[1]!)).toMatchObject({ first: 6, next: 7, reason: "its codec 7 is unknown" });
      expect(other!.messages.some((one) => stuckOf(one) !== undefined)).toBe(false);
    }
  });

  it("holds a partition alone that the broker cannot read or does not let it read", async () => {
    patchDecoder();
    for (const errorCode of [-1, 2, 29, 43, 76]) {
      const { responses: [topic] } = await decode(11, [{ partition: 0, errorCode, set: NONE }, healthy], "2");
      expect(topic!.partitions[1]!.messages.length).toBe(3);
      const [mark] = topic!.partitions[0]!.messages;
      expect(stuckOf(mark!)).toMatchObject({ first: 2, next: undefined, reason: expect.stringMatching(/^the broker/) });
    }
  });

  it("leaves to the client what it mends itself: an offset out of range, another leader", async () => {
    patchDecoder();
    await expect(decode(11, [{ partition: 0, errorCode: 1, set: NONE }])).rejects.toThrow(
      /offset is not within the range/,
    );
    await expect(decode(11, [{ partition: 0, errorCode: 6, set: NONE }])).rejects.toThrow(/not the leader/);
  });

  it("reads messages of the format before Kafka 0.11, and holds a partition alone whose are broken", async () => {
    patchDecoder();
    // Offset, length, checksum, format, attributes, time, key, value.
    const old = (attributes: number) =>
      joined(
        int64(3),
        int32(24),
        int32(0),
        new Uint8Array([1, attributes]),
        int64(9),
        int32(-1),
        int32(2),
        new Uint8Array([104, 105]),
      );
    const { responses: [topic] } = await decode(4, [{ partition: 0, set: old(0) }, { partition: 1, set: old(1) }]);
    const [whole, broken] = topic!.partitions;
    expect(whole!.messages.map(({ offset, value }) => [offset, String(value)])).toEqual([["3", "hi"]]);
    expect(stuckOf(broken!.messages[0]!)).toMatchObject({ first: 0, reason: expect.stringMatching(/^gzip: /) });
  });

  it("leaves partitions for the next fetch when those before them have filled the memory", async () => {
    patchDecoder();
    const large = batchOf(Array.from({ length: 20 }, () => ({ value: new Uint8Array(1_000_000) })), { codec: 1 });
    const all = Array.from({ length: 4 }, (_, partition) => ({ partition, set: large }));
    const { responses: [topic] } = await decode(11, all);
    expect(topic!.partitions.map(({ messages }) => messages.length)).toEqual([20, 20, 0, 0]);
  });
});
