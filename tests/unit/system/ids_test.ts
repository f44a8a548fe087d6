import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createHash } from "node:crypto";
import { systemIds } from "@/adapters/system/ids.ts";
import { createUuids } from "@/adapters/system/uuid.ts";

describe("ids", () => {
  it("of parts are the SHA-256 of them, whatever their length and script", () => {
    const lengths = [...Array(130).keys(), 498, 499, 500, 501, 502, 10_000];
    for (const length of lengths) {
      for (const letter of ["a", "é", "本", "𝄞", "\ud800"]) {
        const text = letter.repeat(length);
        const wanted = createHash("sha256").update(JSON.stringify([text])).digest("base64url").slice(0, 20);
        expect(systemIds.of(text)).toBe(wanted);
      }
    }
    const wanted = createHash("sha256").update('["viewed","r1","b1"]').digest("base64url").slice(0, 20);
    expect(systemIds.of("viewed", "r1", "b1")).toBe(wanted);
  });

  it("that are fresh are UUIDs of version 7 with their time, each higher than the one before, also when the clock is set back", () => {
    const times = [1_790_000_000_123, 1_790_000_000_123, 1_700_000_000_000, 1_790_000_000_124, 2 ** 47];
    let at = 0;
    const fresh = createUuids(() => times[Math.min(Math.floor(at++ / 5_000), times.length - 1)]!);
    const ids = Array.from({ length: 30_000 }, fresh);
    expect(ids.find((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)))
      .toBeUndefined();
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const timeOf = (id: string) => parseInt(id.slice(0, 13).replace("-", ""), 16);
    expect([timeOf(ids[0]!), timeOf(ids.at(-1)!) >= 2 ** 47]).toEqual([times[0], true]);
  });
});
