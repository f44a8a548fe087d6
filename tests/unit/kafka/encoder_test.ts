import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import requests from "kafkajs/produce";
import { patchEncoder } from "@/adapters/kafka/kafkajs_patches/own_encoder.ts";

type Requests = {
  protocol(of: { version: number }): (asked: object) => { request: { encode(): Promise<{ buffer: Uint8Array }> } };
};

const texts = [0, 1, 61, 62, 63, 64, 65, 300, 9_000].flatMap((length) =>
  ["a", "\x7f", "\x80", "é", "本", "𝄞"].map((last) => "x".repeat(length) + last)
);
const messages = [
  ...texts.map((text, at) => ({
    key: at % 3 === 0 ? null : Buffer.from(text),
    value: at % 5 === 0 ? null : Buffer.from(text.repeat(3)),
    headers: { [text]: "a", plain: text, bytes: Buffer.from(text), "": "", several: ["a", Buffer.from("b")] },
  })),
  { key: null, value: null, headers: {} },
  { value: "text" },
  // Records of every size around those at which its length takes one byte more.
  ...Array.from({ length: 140 }, (_, size) => ({ key: null, value: Buffer.alloc(size, 1), headers: {} })),
];
const topicData = [
  { topic: "t", partitions: [{ partition: 0, messages }, { partition: 7, messages: messages.slice(0, 1) }] },
  {
    topic: "ü",
    partitions: [{
      partition: 1,
      messages: [2 ** 40, 2 ** 40 - 90_000, 2 ** 40 + 2 ** 33, 2 ** 40 + 1].map((timestamp) => ({
        value: "v",
        timestamp,
      })),
    }],
  },
];

describe("the encoder of requests to kafkajs", () => {
  it("writes the very bytes that kafkajs writes", async () => {
    const now = Date.now;
    Date.now = () => 1_790_000_000_123;
    try {
      const asked = [
        { acks: -1, timeout: 30_000, topicData },
        { acks: 1, timeout: 5, topicData, producerId: 12_345, producerEpoch: 3 },
        { acks: -1, timeout: 5, topicData: [] },
      ];
      const written = () =>
        Promise.all(asked.flatMap((one) =>
          [3, 5, 7].map(async (version) => {
            const { request } = (requests as Requests).protocol({ version })(one);
            return Buffer.from((await request.encode()).buffer).toString("hex");
          })
        ));
      const before = await written();
      patchEncoder();
      const after = await written();
      const differs = before.findIndex((bytes, at) => bytes !== after[at]);
      const from = [...before[differs] ?? ""].findIndex((digit, at) => digit !== after[differs]![at]);
      const near = (all: string[]) => all[differs]?.slice(from - 40, from + 80);
      expect([differs, from, near(after)]).toEqual([-1, -1, near(before)]);
      expect(before[0]!.length).toBeGreaterThan(2_000);
    } finally {
      Date.now = now;
    }
  });
});
