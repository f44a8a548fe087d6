import type { ChangeMark, ChangeMarkReader } from "@/application/recommendation/ports.ts";

/** Marks of one round: the more changed readers there are, the more of them share a list. */
export const MAX_MARKS = 20_000;
/** Marks that are read at first: an engine that keeps up has fewer changed readers. */
export const FEW_MARKS = 1_000;
const LISTS_BESIDE_CHANGES = 50;

/**
 * The marks of the engine's next round, oldest first. Beside changes of readers and books only a few marked lists are taken, so that
 * a later change never waits for the lists of a whole catalogue.
 */
export async function nextMarks(marks: ChangeMarkReader): Promise<ChangeMark[]> {
  const few = await marks.oldest(FEW_MARKS);
  // Lists come last: where one is among them, no change is missing.
  const all = few.length < FEW_MARKS || few.at(-1)!.kind === "list" ? few : await marks.oldest(MAX_MARKS);
  const changes = all.filter(({ kind }) => kind !== "list").length;
  return changes === 0 ? all : all.slice(0, changes + LISTS_BESIDE_CHANGES);
}
