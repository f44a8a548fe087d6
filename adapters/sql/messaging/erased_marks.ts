import type { ErasedMarks } from "@/application/messaging/projections/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Marks of erased readers, which outlive every projection version. */
export const createErasedMarks = (statements: Statements): ErasedMarks => ({
  async has(readers) {
    const rows = await allOf(statements, "SELECT reader FROM erased_reader WHERE reader IN (?)", [], readers);
    return new Set(rows.map((row) => String(row.reader)));
  },
  async add(reader, time) {
    const ignore = statements.dialect.ignore("reader");
    await statements.run(`INSERT INTO erased_reader (reader, time) VALUES (?, ?) ${ignore}`, [reader, time]);
  },
});
