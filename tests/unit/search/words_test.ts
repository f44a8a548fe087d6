import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Clock } from "@/application/ports.ts";
import { followWords, rememberWords } from "@/adapters/sql/web/search/words.ts";
import { MYSQL } from "@/adapters/mysql/dialect.ts";
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

/** A server's table, whose rows may come late, and how many rows were read of it. */
function serverTable(rows: { number: number; word: string }[]) {
  const read = { rows: 0 };
  const statements: Pick<Statements, "all" | "dialect"> = {
    dialect: MYSQL,
    all: (sql, [after, limit] = []) => {
      const behind = rows.filter(({ number }) => number > Number(after)).sort((a, b) => a.number - b.number);
      if (sql.includes("COUNT")) {
        return Promise.resolve([{ n: behind.filter(({ number }) => number <= Number(limit)).length }]);
      }
      const some = behind.slice(0, Number(limit));
      read.rows += some.length;
      return Promise.resolve(some);
    },
  };
  return { statements, read };
}

describe("followWords() on a server", () => {
  const MINUTE_MS = 60_000;
  const rowOf = (number: number) => ({ number, word: wordOf(number) });

  it("reads each word once, however often words are asked for", async () => {
    let now = 0;
    const rows = [1, 2, 4].map(rowOf);
    const { statements, read } = serverTable(rows);
    const words = followWords(statements, { now: () => now, sleep: () => Promise.resolve() });
    for (; now < MINUTE_MS; now += 6_000) await words.like("draxaa", 1, false);
    expect(read.rows).toBe(rows.length);
  });

  it("finds a word that comes up to a minute late", async () => {
    let now = 0;
    const rows = [1, 2, 9].map(rowOf);
    const words = followWords(serverTable(rows).statements, { now: () => now, sleep: () => Promise.resolve() });
    const found = async (number: number) => (await words.like(`${wordOf(number)}q`, 1, false)).map(({ word }) => word);
    for (const [number, at] of [[3, 6_000], [4, 50_000], [5, 70_000], [12, 80_000], [11, 110_000]] as const) {
      expect(await found(number)).toEqual([]);
      rows.push(rowOf(number));
      now = at;
      expect(await found(number)).toEqual([wordOf(number)]);
    }
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
