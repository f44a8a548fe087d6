import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Database, openDatabase } from "@/adapters/sqlite/database.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";

describe("reads of a SQLite file", () => {
  let folder: string;
  let database: Database;
  before(async () => {
    folder = await Deno.makeTempDir();
    database = openDatabase({ path: `${folder}/a.db`, migrations: ["CREATE TABLE a (n INTEGER)"], clock });
  });
  after(async () => {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("map a gigabyte of it, and see what is written and what the file grows by", async () => {
    expect(Number(database.read.get("PRAGMA mmap_size")?.mmap_size)).toBe(2 ** 30);
    const grow = (from: number) =>
      database.transaction(async ({ run }) => {
        for (let n = from; n < from + 2_000; n++) await run("INSERT INTO a (n) VALUES (?)", n);
      });
    for (const [at, from] of [0, 2_000].entries()) {
      await grow(from);
      expect(Number(database.read.get("SELECT COUNT(*) AS n FROM a")?.n)).toBe(2_000 * (at + 1));
    }
  });
});
