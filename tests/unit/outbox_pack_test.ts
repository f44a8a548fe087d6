import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { packMessages, unpackMessages } from "@/adapters/sql/messaging/pack.ts";

const blob = fc.option(fc.uint8Array({ maxLength: 300 }));
const messages = fc.array(
  fc.record({
    topic: fc.constantFrom("a", "b", "größer"),
    headers: fc.dictionary(fc.constantFrom("ce_id", "ce_time", "é", "empty"), fc.string({ unit: "grapheme" })),
    key: blob,
    value: blob,
  }),
  { maxLength: 20 },
);

describe("a pack of messages", () => {
  it("gives back what went in", () => {
    fc.assert(fc.property(messages, (given) => {
      const found = unpackMessages(packMessages(given));
      expect(found.map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers } }))).toEqual(
        given.map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers } })),
      );
    }));
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
    expect(() => unpackMessages(pack)).toThrow("the outbox has messages of format 9");
  });
});
