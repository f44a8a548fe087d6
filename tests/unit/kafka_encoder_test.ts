import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import encoder from "kafkajs/encoder";
import { patchEncoder } from "@/adapters/kafka/kafkajs_patches/encoder_fast_path.ts";

type Encoder = {
  buffer: Uint8Array;
  writeVarInt(value: number): Encoder;
  writeUVarInt(value: number): Encoder;
  writeVarIntString(value: string | null): Encoder;
  writeVarIntBytes(value: string | Uint8Array | null): Encoder;
};
const make = encoder as { new (): Encoder };

const numbers = Array.from({ length: 32 }, (_, bit) => [2 ** bit - 1, 2 ** bit, 2 ** bit + 1]).flat();
const texts = [0, 1, 62, 63, 64, 65, 300].flatMap((length) =>
  ["a", "\x7f", "\x80", "é", "本", "𝄞"].map((last) => "x".repeat(length) + last)
);

describe("the quickened encoder of kafkajs", () => {
  it("writes the very bytes that it wrote before, also beyond the buffer that it begins with", () => {
    const written = () => {
      const one = new make();
      for (const value of numbers) one.writeUVarInt(value >>> 0).writeVarInt(value | 0).writeVarInt(-value | 0);
      for (const text of ["", ...texts]) {
        one.writeVarIntString(text).writeVarIntBytes(text).writeVarIntBytes(Buffer.from(text));
      }
      one.writeVarIntString(null).writeVarIntBytes(null);
      // Messages of every size around those at which a buffer grows.
      const sizes = Array.from({ length: 1_100 }, (_, size) => {
        const small = new make();
        for (let left = size; left > 0; left -= 50) small.writeVarIntString("y".repeat(Math.min(50, left)));
        return [...small.writeUVarInt(size).buffer];
      });
      return [...one.buffer, ...sizes.flat()];
    };
    const before = written();
    patchEncoder();
    expect(written()).toEqual(before);
    expect(before.length).toBeGreaterThan(2_000);
  });
});
