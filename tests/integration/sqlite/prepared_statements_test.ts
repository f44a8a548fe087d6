import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DatabaseSync } from "node:sqlite";
import { statementsOf } from "@/adapters/sqlite/connection/connection.ts";

class CountingDatabase extends DatabaseSync {
  prepared = 0;
  override prepare(...[sql]: Parameters<DatabaseSync["prepare"]>): ReturnType<DatabaseSync["prepare"]> {
    this.prepared++;
    return super.prepare(sql);
  }
}

describe("a connection to an SQLite file", () => {
  it("prepares a statement once, and keeps no more than some hundreds of them", () => {
    const database = new CountingDatabase(":memory:");
    const { get } = statementsOf(database);
    const first = () => get("SELECT 'first' AS n");
    for (let times = 0; times < 3; times++) expect(first()).toMatchObject({ n: "first" });
    expect(database.prepared).toBe(1);
    for (let n = 0; n < 1_000; n++) expect(get(`SELECT ${n} AS n`)).toMatchObject({ n });
    first();
    expect(database.prepared).toBe(1_002);
    get("SELECT 999 AS n");
    expect(database.prepared).toBe(1_002);
    database.close();
  });

  it("reads rows by the columns that their table has by now", () => {
    const database = new DatabaseSync(":memory:");
    const { all, get, run } = statementsOf(database);
    run("CREATE TABLE one (a INTEGER)");
    run("INSERT INTO one VALUES (1)");
    const both = () => [all("SELECT * FROM one"), [get("SELECT * FROM one WHERE a = ?", 1)]];
    expect(both()).toEqual([[{ a: 1 }], [{ a: 1 }]]);
    expect(get("SELECT * FROM one WHERE a = ?", 2)).toBe(undefined);
    run("ALTER TABLE one ADD COLUMN b TEXT DEFAULT 'two'");
    // The driver may give the former columns once more.
    both();
    expect(both()).toEqual([[{ a: 1, b: "two" }], [{ a: 1, b: "two" }]]);
    database.close();
  });
});
