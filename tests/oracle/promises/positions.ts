import type { Evidence, PositionNote } from "../evidence.ts";
import { type Violation, violation } from "../violation.ts";

/**
 * Promise 1, I5 and I6: a stored position never goes back, and only the last owner of a partition writes it. Each claim raises
 * the epoch; who writes under another epoch than the last claim's is an earlier owner that goes on. Only the removal of the row,
 * where a version is filled again, begins from the beginning.
 */
export function checkPositions({ positions }: Pick<Evidence, "positions">): Violation[] {
  const back: string[] = [];
  const claims: string[] = [];
  const strangers: string[] = [];
  for (const [place, notes] of Map.groupBy(positions, ({ place }) => place)) {
    let next: bigint | undefined;
    let epoch: bigint | undefined;
    for (const note of notes) {
      if (note.kind === "gone") [next, epoch] = [undefined, undefined];
      else {
        const before = note.from === undefined || (next !== undefined && next > note.from) ? next : note.from;
        if (note.next !== undefined && before !== undefined && note.next < before) {
          back.push(`${place} from ${before} to ${note.next}`);
        }
        if (breaks(note, epoch)) {
          (note.kind === "claim" ? claims : strangers).push(
            `${note.by ?? "somebody"} at ${place}: epoch ${note.epoch} after ${epoch}`,
          );
        }
        next = note.next ?? next;
        epoch = note.epoch;
      }
    }
  }
  return [
    ...violation("I5", "positions went back", back),
    ...violation("I6", "partitions were claimed by an epoch that does not follow", claims),
    ...violation("I6", "an earlier owner wrote after a later one", strangers),
  ];
}

function breaks({ kind, epoch }: Exclude<PositionNote, { kind: "gone" }>, last: bigint | undefined): boolean {
  switch (kind) {
    case "claim":
      return last !== undefined && epoch <= last;
    case "move":
      return epoch !== last;
    case "seen":
      return last !== undefined && epoch < last;
  }
}
