import type { EphemeralMarks, ErasedMarks } from "@/application/messaging/projections/ports.ts";
import { allOf } from "@/adapters/sql/lists.ts";
import type { Statements } from "@/adapters/sql/statements.ts";

/** Creates the marks of erased readers, which belong to no projection version. */
export const createErasedMarks = (statements: Statements): ErasedMarks => ({
  async has(readers) {
    const rows = await allOf(statements, "SELECT reader FROM erased_reader WHERE reader IN (?)", [], readers);
    return new Set(rows.map((row) => String(row.reader)));
  },
  ...createEphemeralMarks(statements),
});

/** Creates the part of the marks that is also used without a projection. */
export const createEphemeralMarks = ({ dialect, run }: Statements): EphemeralMarks => ({
  async add(reader, time) {
    const ignore = dialect.ignore("reader");
    await run(`INSERT INTO erased_reader (reader, time, kept) VALUES (?, ?, 0) ${ignore}`, [reader, time]);
  },
  keep: async (reader) => void await run("UPDATE erased_reader SET kept = 1 WHERE reader = ?", [reader]),
  purge(before, most) {
    const old = { table: "erased_reader", key: ["reader"], where: "kept = 0 AND time < ?", order: "reader" };
    return run(dialect.deleteSome(old), [before, most]);
  },
});
