import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Clock } from "@/application/ports.ts";
import { followWords, rememberWords } from "@/adapters/sql/web/words.ts";
import { SQLITE } from "@/adapters/sqlite/dialect.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

const WORDS = 10_000;
const READ_MS = 2;

/** A table of words, read in pieces of the limit. */
const table = (): Pick<Statements, "all" | "dialect"> => ({
  dialect: SQLITE,
  all: (_sql, [after, limit] = []) => {
    const [from, most] = [Number(after), Number(limit)];
    const left = Math.max(0, Math.min(most, WORDS - from));
    return Promise.resolve(
      Array.from({ length: left }, (_, at) => ({ number: from + at + 1, word: wordOf(from + at) })),
    );
  },
});
const wordOf = (at: number) =>
  "dra" + [1, 26, 676].map((step) => "abcdefghijklmnopqrstuvwxyz"[Math.floor(at / step) % 26]).join("");

describe("followWords()", () => {
  it("gives way to other work all through a long scan", async () => {
    let [now, pauses] = [0, 0];
    const clock: Clock = {
      now: () => now += READ_MS,
      sleep: (milliseconds) => {
        expect(milliseconds).toBe(0);
        pauses++;
        return Promise.resolve();
      },
    };
    const words = followWords(table(), clock);
    expect(await words.like("dragen", 1, false)).not.toEqual([]);
    expect(pauses).toBeGreaterThan(3);
  });
});

describe("rememberWords()", () => {
  it("keeps the last words, and never more than so many", () => {
    const words = rememberWords(100);
    const all = Array.from({ length: 1_000 }, (_, at) => wordOf(at));
    for (const word of all) words.add([word]);
    const kept = all.filter(words.has);
    expect(kept).toEqual(all.slice(-kept.length));
    expect([kept.length >= 50, kept.length <= 100]).toEqual([true, true]);
  });
});
