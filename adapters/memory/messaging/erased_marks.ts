import type { ErasedMarks } from "@/application/messaging/projections/ports.ts";
import type { MemoryDatabase } from "./database.ts";

/** Creates the marks of erased readers. */
export function memoryErasedMarks(database: MemoryDatabase): ErasedMarks {
  const marks = database.table<{ time: number; isKept: boolean }>();
  return {
    has: (readers) => Promise.resolve(new Set(readers.filter((reader) => marks.get(reader) !== undefined))),
    add(reader, time) {
      if (marks.get(reader) === undefined) marks.set(reader, { time, isKept: false });
      return Promise.resolve();
    },
    keep(reader) {
      const mark = marks.get(reader);
      if (mark !== undefined) marks.set(reader, { ...mark, isKept: true });
      return Promise.resolve();
    },
    purge: (before, most) => Promise.resolve(marks.remove(most, ({ time, isKept }) => !isKept && time < before)),
  };
}
