import type { ErasedMarks } from "@/application/trend/ports.ts";
import { allOf, type Statements } from "./connection.ts";

/** Marks of erased readers, which outlive every projection version. */
export const createErasedMarks = (statements: Statements): ErasedMarks => ({
  async has(readers) {
    const rows = await allOf(statements, "SELECT reader FROM erased_reader WHERE reader IN (?)", [], readers);
    return new Set(rows.map((row) => String(row.reader)));
  },
  async add(reader, time) {
    await statements.run("INSERT IGNORE INTO erased_reader (reader, time) VALUES (?, ?)", reader, time);
  },
});
