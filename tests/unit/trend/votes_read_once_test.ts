import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { hourOf } from "@/domain/hours.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import { MYSQL } from "@/adapters/mysql/dialect.ts";
import type { Row } from "@/adapters/sql/row.ts";
import type { Statements, Value } from "@/adapters/sql/statements.ts";
import { createVotes } from "@/adapters/sql/trend/votes.ts";
import { clientVoter } from "@/domain/trend/vote.ts";
import { T0, vote } from "@/tests/support/samples.ts";

/** A server's statements over these votes. `asked`: the readers that were asked for, a list a statement. */
function serverOf(stored: Vote[]) {
  const asked: Value[][] = [];
  const inserted: Value[][] = [];
  const statements = {
    dialect: MYSQL,
    all(_sql: string, values: Value[] = []): Promise<Row[]> {
      const readers = [values.at(-1)!].flat() as Value[];
      asked.push(readers.toSorted());
      const rows = stored.filter(({ reader }) => readers.includes(reader));
      return Promise.resolve(rows.map((one) => ({ client: null, spelling: null, ...one, hour: hourOf(one.time) })));
    },
    runRows(_sql: string, rows: Value[][]) {
      inserted.push(...rows);
      return Promise.resolve(rows.length);
    },
  };
  const ageing = { purge: () => () => Promise.reject(new Error("unused")), noteStored: () => Promise.resolve() };
  return { asked, inserted, votes: createVotes(statements as Partial<Statements> as Statements, 1, ageing) };
}

describe("votes on a server", () => {
  it("are read once for the weight of a day and for what is new", async () => {
    const { asked, inserted, votes } = serverOf([vote("b1", "r1")]);
    const fresh = [vote("b1", "r1"), vote("b2", "r1"), vote("b1", "r2")];
    expect(await votes.ofSameDays(fresh)).toEqual([vote("b1", "r1")]);
    expect(await votes.addNew(fresh)).toEqual([vote("b2", "r1"), vote("b1", "r2")]);
    expect(asked).toEqual([["r1", "r2"]]);
    expect(inserted).toHaveLength(2);
  });

  it("of readers and hours that were not read then are read before they are stored", async () => {
    const client = clientVoter("c1");
    const { asked, votes } = serverOf([vote("b1", client)]);
    await votes.ofSameDays([vote("b1", "r1")]);
    const fresh = [vote("b1", "r1"), vote("b1", client), vote("b1", "r1", { time: T0 + 7 * 86_400_000 })];
    expect(await votes.addNew(fresh)).toEqual([fresh[0], fresh[2]]);
    expect(asked).toEqual([["r1"], [client, "r1"].toSorted()]);
  });

  it("are read again for the next ones, as some were stored meanwhile", async () => {
    const { asked, votes } = serverOf([]);
    await votes.ofSameDays([vote("b1", "r1")]);
    await votes.addNew([vote("b1", "r1")]);
    await votes.addNew([vote("b1", "r1")]);
    expect(asked).toEqual([["r1"], ["r1"]]);
    await votes.ofSameDays([vote("b1", "r2")]);
    await votes.addNew([]);
    await votes.addNew([vote("b1", "r2")]);
    expect(asked.slice(2)).toEqual([["r2"], ["r2"]]);
  });
});
