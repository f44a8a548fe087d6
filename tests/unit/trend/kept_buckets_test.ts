import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createKeptBuckets } from "@/adapters/sql/trend/kept_buckets.ts";
import { SQLITE } from "@/adapters/sqlite/dialect.ts";

/** Kept buckets of one key over a database that answers when it is let, with the count that was stored when it was asked. */
function kept() {
  const database = { count: 1, others: 1, asked: 0 };
  let gate = Promise.resolve();
  const all = async () => {
    database.asked++;
    const { count } = database;
    await gate;
    return [{ key: "b", starts: "[1]", counts: `[${count}]`, weights: "[10]" }];
  };
  const buckets = createKeptBuckets({ read: { all, dialect: SQLITE }, writesOfOthers: () => database.others });
  return {
    database,
    begin: () => buckets.begin(1),
    /** Lets no answer pass until the returned function is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    read: async () =>
      (await buckets.read({ version: 1, subject: "book", keys: ["b"], from: undefined })).get("b")![0]!.count,
  };
}
const CHANGED = [{ subject: "book" as const, key: "b" }];

describe("buckets that a process keeps", () => {
  it("are not read again while nobody writes", async () => {
    const { read, database } = kept();
    expect([await read(), await read(), database.asked]).toEqual([1, 1, 1]);
  });

  it("are not those of a read during which they were changed", async () => {
    const { read, database, begin, hold } = kept();
    const letGo = hold();
    const early = read();
    const { changes, end } = begin();
    changes(CHANGED);
    database.count = 2;
    end();
    letGo();
    expect([await early, await read()]).toEqual([1, 2]);
  });

  it("are not those that were read while a transaction which changes them was open", async () => {
    const { read, database, begin, hold } = kept();
    const { changes, end } = begin();
    changes(CHANGED);
    expect(await read()).toBe(1);
    const letGo = hold();
    const early = read();
    database.count = 2;
    end();
    letGo();
    expect([await early, await read()]).toEqual([1, 2]);
  });

  it("are not those of a read during which others wrote", async () => {
    const { read, database, hold } = kept();
    const letGo = hold();
    const early = read();
    database.count = 2;
    database.others++;
    letGo();
    expect([await early, await read()]).toEqual([1, 2]);
  });

  it("are read while another transaction which changes them goes on", async () => {
    const { read, database, begin } = kept();
    const [one, two] = [begin(), begin()];
    for (const { changes } of [one, two]) changes(CHANGED);
    one.end();
    expect(await read()).toBe(1);
    database.count = 2;
    two.end();
    expect([await read(), await read(), database.asked]).toEqual([2, 2, 2]);
  });
});
