import type { ChangeMark, ChangeMarkReader } from "@/application/recommendation/ports.ts";

/** The most marks of one round. A larger round is cheaper per reader, because more of them share a list. */
export const MAX_MARKS = 20_000;
/** How many marks are read at first. An engine that keeps up has fewer changed readers. */
export const FEW_MARKS = 1_000;
const LISTS_BESIDE_CHANGES = 50;

/**
 * Returns the marks of the engine's next round, oldest first. Besides changes of readers and books it takes only a few marked lists,
 * so a later change never waits for the lists of the whole catalogue.
 */
export async function nextMarks(marks: ChangeMarkReader): Promise<ChangeMark[]> {
  const few = await marks.oldest(FEW_MARKS);
  // Lists are sorted last. If one is among the marks, all changes are.
  const all = few.length < FEW_MARKS || few.at(-1)!.kind === "list" ? few : await marks.oldest(MAX_MARKS);
  const changes = all.filter(({ kind }) => kind !== "list").length;
  return changes === 0 ? all : all.slice(0, changes + LISTS_BESIDE_CHANGES);
}
