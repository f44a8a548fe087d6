import type { ErasedMarks } from "@/application/messaging/projections/ports.ts";
import type { MemoryDatabase } from "./database.ts";

/** Marks of erased readers. */
export function memoryErasedMarks(database: MemoryDatabase): ErasedMarks {
  const erased = database.table<number>();
  return {
    has: (readers) => Promise.resolve(new Set(readers.filter((reader) => erased.get(reader) !== undefined))),
    add(reader, time) {
      if (erased.get(reader) === undefined) erased.set(reader, time);
      return Promise.resolve();
    },
  };
}
