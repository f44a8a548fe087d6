import type { Database } from "@/adapters/sql/database.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

type Change = (sql: string) => string;

/** A database with some statements replaced, as a bug would have them. A statement that is changed to "" is not run. */
export function changeStatements(database: Database, change: Change): Database {
  const own = (statements: Statements): Statements => {
    const through = <Rest extends unknown[], Answer>(
      run: (sql: string, ...rest: Rest) => Promise<Answer>,
      none: Awaited<NoInfer<Answer>>,
    ) =>
    (sql: string, ...rest: Rest): Promise<Answer> => {
      const other = change(sql);
      return other === "" ? Promise.resolve(none) : run(other, ...rest);
    };
    return {
      ...statements,
      all: through(statements.all, []),
      get: through(statements.get, undefined),
      run: through(statements.run, 0),
      runRows: through(statements.runRows, 0),
    };
  };
  return {
    ...database,
    read: own(database.read),
    transaction: (work, options) => database.transaction((one) => work(own(one)), options),
  };
}

/** The faults that a planted bug leads to, and whether it has changed any statement (`met`). */
export async function plantBug(
  database: Database,
  change: Change,
  faultsOf: (database: Database) => Promise<string[]>,
): Promise<{ met: boolean; faults: string[] }> {
  let met = false;
  const faults = await faultsOf(changeStatements(database, (sql) => {
    const other = change(sql);
    met ||= other !== sql;
    return other;
  }));
  return { met, faults };
}
