import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { CODECS, decompress } from "@/adapters/kafka/records/decompress.ts";
import { decompressLz4 } from "@/adapters/kafka/records/lz4.ts";
import { readBatch } from "@/adapters/kafka/records/record_batch.ts";
import { type Aborted, readRecordSet, type RecordSet } from "@/adapters/kafka/records/record_set.ts";
import { MAX_BATCH_BYTES, MAX_RECORD_BYTES } from "@/adapters/kafka/records/records.ts";
import { Undecodable } from "@/adapters/kafka/records/undecodable.ts";
import foreign from "@/tests/support/kafka/foreign_bytes.json" with { type: "json" };
import { batchOf, controlBatch, joined } from "@/tests/support/kafka/record_batches.ts";

const bytesOf = (base64: string): Uint8Array => Uint8Array.fromBase64(base64);
const MAX = { maxBytes: MAX_BATCH_BYTES };
const read = (set: Uint8Array, from = 0, aborted: Aborted[] = []) => readRecordSet(set, { from, aborted, ...MAX });
/** The offsets of what readers see, and those that only move the offset on in brackets. */
const offsetsOf = ({ records }: RecordSet) =>
  records.map(({ offset, isControlRecord }) => isControlRecord ? `(${offset})` : offset).join(" ");

const LONG = Array.from({ length: 5_000 }, (_, at) => `${at % 10} the quick brown fox, `).join("");

describe("record batches of other clients", () => {
  for (const { client, codec, base64 } of foreign.batches) {
    it(`are read as they were sent: ${client}, ${codec}`, async () => {
      const bytes = bytesOf(base64);
      expect(readBatch(bytes).codec).toBe(CODECS[codec as keyof typeof CODECS]);
      const { records, undecodable } = await read(bytes);
      expect(undecodable).toBe(undefined);
      expect(records.map(({ key }) => String(key))).toEqual(["k0", "k1", "k2", "k3", "k4", "long"]);
      const texts = records.slice(0, 5).map(({ value }) => JSON.parse(String(value)));
      expect(texts).toEqual([0, 1, 2, 3, 4].map((at) => ({ book: `b${at}`, text: "a line that repeats ".repeat(6) })));
      expect(String(records[5]!.value)).toBe(LONG);
      expect(records.slice(0, 5).map(({ headers }) => String(headers.ce_id))).toEqual(
        [0, 1, 2, 3, 4].map((at) => `id-${at}`),
      );
    });

    it(`are undecodable, and nothing worse, with any byte changed or cut off: ${client}, ${codec}`, async () => {
      const bytes = bytesOf(base64);
      const { records } = await read(bytes);
      for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 200)) {
        const changed = bytes.slice();
        changed[at]! ^= 1 << at % 8;
        const found = await read(changed);
        // The offset, length, epoch and format stand outside of what the checksum covers.
        if (at >= 17) expect([at, found.records.length, found.undecodable?.reason]).toEqual([at, 0, DAMAGED]);
        expect((await read(bytes.subarray(0, at === 0 ? 1 : at))).undecodable?.reason).toBeDefined();
      }
      expect(records.length).toBe(6);
    });
  }
});

const DAMAGED = "its checksum does not match, so its bytes are damaged";

describe("decompress()", () => {
  const long = new TextEncoder().encode(LONG + LONG);
  for (const [name, base64] of Object.entries(foreign.lz4Frames)) {
    it(`reads LZ4 frames of every kind: ${name}`, () => {
      expect(decompressLz4(bytesOf(base64), 1e6)).toEqual(long);
    });
  }

  it("reads LZ4 frames that follow each other, also those that are to be skipped", () => {
    const frame = bytesOf(foreign.lz4Frames.plain);
    const skipped = new Uint8Array([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    expect(decompressLz4(joined(skipped, frame, skipped, frame), 1e6)).toEqual(joined(long, long));
  });

  const samples = (["gzip", "snappy", "lz4", "zstd"] as const).map((codec) => {
    const { base64 } = foreign.batches.find((one) => one.codec === codec)!;
    return { codec: CODECS[codec], bytes: readBatch(bytesOf(base64)).records, name: codec };
  });
  for (const { name, codec, bytes } of samples) {
    it(`never exceeds its limit, whatever the bytes claim: ${name}`, async () => {
      const { length } = await decompress(codec, bytes, 1e6);
      expect((await decompress(codec, bytes, length)).length).toBe(length);
      await expect(decompress(codec, bytes, length - 1)).rejects.toThrow(`${name}: it decompresses to more than`);
    });

    it(`throws Undecodable for anything else: ${name}`, async () => {
      const tried = fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(bytes.length).map((end) => bytes.subarray(0, end)),
      );
      await fc.assert(
        fc.asyncProperty(tried, async (any) => {
          try {
            expect((await decompress(codec, any, 100_000)).length).toBeLessThanOrEqual(100_000);
          } catch (error) {
            expect(error).toBeInstanceOf(Undecodable);
          }
        }),
        { numRuns: 200 },
      );
    });
  }

  it("believes no size: a Snappy block and an LZ4 block that claim gigabytes take no memory", async () => {
    const claims = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x41]);
    await expect(decompress(CODECS.snappy, claims, MAX_BATCH_BYTES)).rejects.toThrow(/says 4294967295/);
    // One literal byte, then a copy of it whose length goes on and on.
    const block = new Uint8Array(200_000).fill(255);
    block.set([0x1f, 0x41, 1, 0]);
    block[block.length - 1] = 0;
    const frame = joined(new Uint8Array([4, 0x22, 0x4d, 0x18, 0x40, 0x70, 0]), uint32(block.length), block);
    await expect(decompress(CODECS.lz4, frame, MAX_BATCH_BYTES)).rejects.toThrow(/more than/);
  });
});

const uint32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);

describe("readRecordSet()", () => {
  it("reads what stands there with its headers, times and offsets; of a header with several values the first", async () => {
    const headers: [string, string | null][] = [["a", "1"], ["a", "2"], ["é", null], ["__proto__", "x"]];
    const { records } = await read(batchOf([{ headers }, { key: null, value: null, timestamp: -5 }], { first: 7 }));
    expect(records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([["7", "1700000000000"], [
      "8",
      "1699999999995",
    ]]);
    expect(Object.entries(records[0]!.headers).map(([name, value]) => `${name}=${value}`)).toEqual([
      "a=1",
      "é=undefined",
      "__proto__=x",
    ]);
    expect([records[1]!.key, records[1]!.value]).toEqual([null, null]);
    const [appended] = (await read(batchOf([{}], { attributes: 0x08 }))).records;
    expect(appended!.timestamp).toBe("1700000000999");
  });

  it("reads all batches from an offset on, and leaves one that the broker cut off", async () => {
    const whole = batchOf([{}, {}, {}], { first: 3 });
    const set = joined(batchOf([{}, {}, {}]), whole, batchOf([{}], { first: 6 }).subarray(0, 40));
    expect(offsetsOf(await read(set, 1))).toBe("1 2 3 4 5");
    expect(offsetsOf(await read(set.subarray(0, -39), 0))).toBe("0 1 2 3 4 5");
    expect((await read(set)).undecodable).toBe(undefined);
  });

  it("moves the offset on past what compaction has left empty", async () => {
    const set = joined(
      batchOf([], { first: 0, last: 4 }),
      batchOf([{}], { first: 5, last: 9 }),
      batchOf([{}], { first: 10 }),
    );
    expect(offsetsOf(await read(set))).toBe("(4) 5 (9) 10");
  });

  it("leaves out transactions that were aborted, also those that it could not decode, and no others", async () => {
    const of = (first: number, producerId: number, more = {}) =>
      batchOf([{}], { first, producerId, attributes: 0x10, ...more });
    const set = joined(
      of(0, 1),
      of(1, 2),
      of(2, 1, { codec: 5 }),
      // A record with the key of the control record that ends an aborted transaction ends none.
      batchOf([{ key: "\0\0\0\0" }], { first: 3, producerId: 1, attributes: 0x10 }),
      of(4, 1),
      controlBatch(5, 2, "committed"),
      controlBatch(6, 1, "aborted"),
      of(7, 1),
      batchOf([{}], { first: 8 }),
    );
    expect(offsetsOf(await read(set, 0, [{ producerId: 1n, firstOffset: 0n }]))).toBe("(0) 1 (2) (3) (4) (5) (6) 7 8");
    expect(offsetsOf(await read(set.subarray(0, 2 * of(0, 1).length), 0, [{ producerId: 1n, firstOffset: 1n }]))).toBe(
      "0 1",
    );
  });

  const broken: [string, Uint8Array, RegExp][] = [
    ["its codec is unknown", batchOf([{}], { codec: 5 }), /its codec 5 is unknown/],
    ["its bytes are no gzip", batchOf([{}], { codec: 1, body: new Uint8Array([1, 2, 3]) }), /^gzip: incorrect header/],
    ["it has fewer records than it says", batchOf([{}], { count: 2, last: 5 }), /ends too early/],
    [
      "it says that it has billions of records",
      batchOf([{}], { count: 2 ** 31 - 1, last: 2 ** 31 - 1 }),
      /ends too early/,
    ],
    ["it has more records than it says", batchOf([{}, {}], { count: 1 }), /bytes are left behind/],
    ["two of its records have the same offset", batchOf([{ offset: 1 }, { offset: 1 }], { last: 5 }), /out of order/],
    ["a record lies outside of its offsets", batchOf([{ offset: 9 }], { last: 5 }), /out of order/],
    ["a length is negative", batchOf([{}], { body: new Uint8Array([3, 0, 0, 0]) }), /ends too early/],
    ["a number has no end", batchOf([{}], { body: new Uint8Array(20).fill(255) }), /longer than its type/],
    [
      "a record is too large for any store",
      batchOf([{ value: new Uint8Array(MAX_RECORD_BYTES) }], { codec: 1 }),
      /wanted at most/,
    ],
    [
      "it decompresses to gigabytes",
      batchOf([{}], { codec: 4, body: new Uint8Array(zstdCompressSync(new Uint8Array(MAX_BATCH_BYTES + 1))) }),
      /zstd: it decompresses to more than 33554432 bytes/,
    ],
  ];
  for (const [what, batch, reason] of broken) {
    it(`stops before a batch that cannot be decoded: ${what}`, async () => {
      const moved = batch.slice();
      new DataView(moved.buffer).setBigInt64(0, 3n);
      const { records, undecodable } = await read(joined(batchOf([{}, {}, {}]), moved, batchOf([{}], { first: 900 })));
      expect(records.map(({ offset }) => offset)).toEqual(["0", "1", "2"]);
      expect(undecodable).toEqual({
        first: 3,
        next: readBatch(moved).last + 1,
        reason: expect.stringMatching(reason),
        bytes: moved,
      });
    });
  }

  it("knows where a damaged batch ends by the one behind it, and otherwise says that it does not", async () => {
    const damaged = batchOf([{}, {}], { first: 3 });
    damaged[30]! ^= 1;
    const { undecodable } = await read(joined(damaged, batchOf([{}], { first: 5 })), 4);
    expect(undecodable).toEqual({ first: 4, next: 5, reason: DAMAGED, bytes: damaged });
    expect((await read(damaged, 3)).undecodable?.next).toBe(undefined);
  });

  it("reads a batch of any number of records, so many at a time", async () => {
    const records = Array.from({ length: 60_000 }, (_, offset) => ({ offset, key: null, value: null }));
    const batch = batchOf(records, { codec: 1 });
    let from = 0;
    for (let times = 0; from < records.length; times++) {
      const found = await readRecordSet(batch, { from, aborted: [], maxBytes: 0 });
      expect(found.undecodable).toBe(undefined);
      expect(found.records[0]!.offset).toBe(String(from));
      expect(found.records.length).toBeLessThan(25_000);
      from = Number(found.records.at(-1)!.offset) + 1;
      expect(times).toBeLessThan(10);
    }
  });

  // The client's own decoder copies all headers for each one more: minutes for these.
  it("reads a record with very many headers in a moment", async () => {
    const headers = Array.from({ length: 30_000 }, (_, at): [string, string] => [`h${at}`, ""]);
    const batch = batchOf([{ headers }], { codec: 1 });
    const begun = performance.now();
    const { records } = await read(batch);
    expect(Object.keys(records[0]!.headers).length).toBe(30_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("turns any bytes into records or a reason", async () => {
    const valid = joined(batchOf([{}, {}]), batchOf([{}], { first: 2, codec: 1 }));
    const changed = fc.tuple(fc.nat(valid.length - 1), fc.nat(255)).map(([at, byte]) => valid.with(at, byte));
    // The checksum is mended, so that what it would find is left to the rest.
    const mended = fc.uint8Array({ maxLength: 80 }).map((body) => batchOf([{}], { body }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), changed, mended), async (bytes) => {
        const { records, undecodable } = await read(bytes);
        expect(records.length > 0 || undecodable !== undefined || bytes.length === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
