import type { ErasedMarks } from "@/application/trend/ports.ts";
import type { Statements } from "./connection.ts";

/** Marks of erased readers, which outlive every projection version. */
export const createErasedMarks = ({ all, run }: Statements): ErasedMarks => ({
  has(readers) {
    const rows = all(
      "SELECT reader FROM erased_reader WHERE reader IN (SELECT value FROM json_each(?))",
      JSON.stringify(readers),
    );
    return Promise.resolve(new Set(rows.map((row) => String(row.reader))));
  },
  add(reader, time) {
    run("INSERT OR IGNORE INTO erased_reader (reader, time) VALUES (?, ?)", reader, time);
    return Promise.resolve();
  },
});
