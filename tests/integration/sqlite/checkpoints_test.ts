import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openDatabase } from "@/adapters/sqlite/database.ts";
import { eventually } from "@/tests/support/eventually.ts";

describe("checkpoints of SQLite files", () => {
  const open = (path: string, clock: { now: () => number }) =>
    openDatabase({
      path,
      migrations: ["CREATE TABLE one (n INTEGER, text TEXT)"],
      clock: { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)), ...clock },
    });
  const write = (database: ReturnType<typeof open>, rows: number) =>
    database.transaction((statements) => {
      const text = "x".repeat(1_000);
      statements.runRows("INSERT INTO one (n, text) VALUES ?", Array.from({ length: rows }, (_, n) => [n, text]));
      return Promise.resolve();
    });
  const inFolder = async (test: (folder: string) => Promise<void>) => {
    const folder = await Deno.makeTempDir();
    try {
      await test(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };

  it("write what was committed back into the file while it is open, for several files at once", async () => {
    await inFolder(async (folder) => {
      let now = 0;
      const paths = ["a.db", "b.db"].map((name) => `${folder}/${name}`);
      const databases = paths.map((path) => open(path, { now: () => now }));
      const sizes = () => paths.map((path) => Deno.statSync(path).size > 1_500_000);
      for (const database of databases) await write(database, 900);
      now = 2_000;
      for (const database of databases) await write(database, 50);
      // Fewer rows than are worth it.
      expect(sizes()).toEqual([false, false]);
      for (const database of databases) await write(database, 800);
      await eventually(() => sizes().every((is) => is));
      for (const database of databases) await database.close();
      // Who closed a file last has taken its log away.
      const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith("-wal"));
      expect(left).toEqual([]);
    });
  });

  it("go on after all files were closed and others are opened", async () => {
    for (let turn = 0; turn < 2; turn++) {
      await inFolder(async (folder) => {
        let now = 0;
        const database = open(`${folder}/a.db`, { now: () => now });
        now = 2_000;
        await write(database, 2_000);
        await eventually(() => Deno.statSync(`${folder}/a.db`).size > 1_500_000);
        await database.close();
      });
    }
  });

  it("end for each of two that have the same file open, which a close waits for", async () => {
    await inFolder(async (folder) => {
      let now = 0;
      const databases = [0, 1].map(() => open(`${folder}/a.db`, { now: () => now }));
      now = 2_000;
      for (const database of databases) await write(database, 2_000);
      for (const database of databases) await database.close();
    });
  });

  it("are awaited by close(), so that the file is sealed as it stays", async () => {
    await inFolder(async (folder) => {
      let now = 0;
      const path = `${folder}/a.db`;
      const database = open(path, { now: () => now });
      // Keeps the thread.
      const other = open(`${folder}/b.db`, { now: () => now });
      now = 2_000;
      await write(other, 2_000);
      await write(database, 20_000);
      // The thread has begun.
      await eventually(() => Deno.statSync(path).size > 100_000);
      await database.close();
      expect(Deno.statSync(path).size).toBeGreaterThan(1_500_000);
      expect(Deno.readTextFileSync(`${path}.sum`)).toMatch(/^[0-9a-f]+ \d+\n$/);
      await open(path, { now: () => now }).close();
      await other.close();
    });
  });
});
