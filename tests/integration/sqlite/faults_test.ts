import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { withOutages } from "@/adapters/sqlite/connection/connection.ts";
import { openOrExplain } from "@/adapters/sqlite/file/open_fault.ts";
import { openWebStore } from "@/adapters/sqlite/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { Unavailable } from "@/application/faults.ts";
import { book } from "@/tests/support/samples.ts";

describe("a file of SQLite", () => {
  it("that is full, read only, broken or cannot be read is an outage, and a statement at fault is none", () => {
    const fails = (errcode: number) => () =>
      withOutages(() => {
        throw Object.assign(new Error("no"), { errcode });
      });
    // SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR (with IOERR_WRITE), CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB.
    for (const code of [3, 5, 6, 7, 8, 10, 778, 11, 13, 14, 15, 26]) expect(fails(code)).toThrow(Unavailable);
    // SQLITE_ERROR, CONSTRAINT (with a unique one), MISMATCH, RANGE.
    for (const code of [1, 19, 2067, 20, 25]) expect(fails(code)).not.toThrow(Unavailable);
  });

  it("that cannot be a store names itself and says what to do, once", async () => {
    const folder = await Deno.makeTempDir();
    const path = (name: string) => join(folder, name);
    const open = (name: string) => () => openWebStore({ path: path(name), clock });
    await Deno.writeTextFile(path("text.db"), "hello world ".repeat(1_000));
    await Deno.mkdir(path("folder.db"));
    const foreign = new DatabaseSync(path("foreign.db"));
    foreign.exec("CREATE TABLE book (isbn TEXT)");
    foreign.close();
    const held = new DatabaseSync(path("held.db"));
    held.exec("PRAGMA journal_mode = WAL; PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (a); BEGIN EXCLUSIVE");
    const newer = new DatabaseSync(path("newer.db"));
    newer.exec("PRAGMA user_version = 1000");
    newer.close();
    for (
      const [name, says] of [
        ["text.db", /it is no database: .*set another DATA_DIR/],
        ["folder.db", /it cannot be opened: look at its rights/],
        ["foreign.db", /it holds the tables of another program: set another DATA_DIR/],
        ["newer.db", /it has schema version 1000, .*use a newer program/],
      ] as const
    ) {
      expect(open(name)).toThrow(says);
      expect(open(name)).toThrow(new RegExp(`^${path(name)}: `));
    }
    const waiting = () =>
      openOrExplain(path("held.db"), () => {
        using other = new DatabaseSync(path("held.db"), { timeout: 50 });
        other.exec("PRAGMA journal_mode = WAL");
      });
    expect(waiting).toThrow(/held\.db: another program holds it alone: end that one .*, or set another DATA_DIR/);
    held.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("whose pages somebody has overwritten is an outage, not the fault of who reads or writes", async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "web.db");
    const whole = openWebStore({ path, clock });
    for (let at = 0; at < 400; at++) await whole.uow.run(({ books }) => books.save(book(`b${at}`)));
    await whole.close();
    const store = openWebStore({ path, clock });
    const file = await Deno.open(path, { write: true });
    const { size } = await file.stat();
    await file.seek(size / 2, Deno.SeekMode.Start);
    await file.write(new Uint8Array(size / 2).fill(255));
    const everything = store.shelf.list({ facets: [], sort: "popularity", limit: 1_000 });
    await expect(everything).rejects.toThrow(/the store does not answer: .*malformed/);
    await expect(everything).rejects.toThrow(Unavailable);
    const saved = store.uow.run(async ({ books }) => {
      for (let at = 0; at < 400; at++) await books.save(book(`b${at}`, { title: "Other", version: 2 }));
    });
    await expect(saved).rejects.toThrow(Unavailable);
    await store.close();
    // Not earlier: closing any handle of the file takes away the locks that the store holds on it.
    file.close();
    await Deno.remove(folder, { recursive: true });
  });
});
