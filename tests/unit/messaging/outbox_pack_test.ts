import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { crc32 } from "node:zlib";
import { COMMON_TEXTS } from "@/adapters/sql/messaging/common_texts.ts";
import { packMessages, unpackMessages } from "@/adapters/sql/messaging/pack.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";

const blob = fc.option(fc.uint8Array({ maxLength: 300 }));
const messages = fc.array(
  fc.record({
    topic: fc.constantFrom("a", "b", "größer", "bookstream.activity.events"),
    headers: fc.dictionary(fc.constantFrom("ce_id", "own_time", "é", "empty"), fc.string({ unit: "grapheme" })),
    key: blob,
    value: blob,
  }),
  { maxLength: 20 },
);

describe("a pack of messages", () => {
  it("gives back what went in, in either format", () => {
    fc.assert(fc.property(messages, fc.constantFrom(1 as const, 2 as const), (given, format) => {
      const found = unpackMessages(packMessages(given, format));
      expect(found.map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers } }))).toEqual(
        given.map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers } })),
      );
    }));
  });

  it("has no common text of the suite in it in format 2, whose numbers stay what they are", () => {
    const event = encode({ id: "1", source: "/bookstream/activity", type: ACTIVITY.bookViewed, data: {} }, "k");
    const pack = packMessages([{ topic: TOPICS.activityEvents, ...event }], 2);
    const text = new TextDecoder("latin1").decode(pack);
    for (const common of [TOPICS.activityEvents, ACTIVITY.bookViewed, ...Object.keys(event.headers)]) {
      expect(text).not.toContain(common);
    }
    expect(crc32(JSON.stringify(COMMON_TEXTS))).toBe(1459173251);
  });

  it("that was cut or has grown is an error, and never other messages", () => {
    const pack = packMessages([
      { topic: "t", headers: { ce_id: "1" }, key: new Uint8Array([1, 2]), value: new Uint8Array([3, 4, 5]) },
      { topic: "t", headers: { ce_id: "2" }, key: null, value: new Uint8Array(200) },
    ]);
    for (let length = 9; length < pack.byteLength; length++) {
      expect(() => unpackMessages(pack.subarray(0, length))).toThrow(/damaged/);
    }
    expect(() => unpackMessages(new Uint8Array([...pack, 0]))).toThrow(/damaged/);
  });

  it("of another format is refused", () => {
    const pack = packMessages([]);
    pack[0] = 9;
    expect(() => unpackMessages(pack)).toThrow("there are messages of format 9");
  });
});
