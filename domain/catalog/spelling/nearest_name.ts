import { editDistance } from "./edit_distance.ts";

/** The known name that was most likely meant: the one with the fewest typing errors, at most `most`. */
export function nearestName(name: string, known: readonly string[], most: number): string | undefined {
  const slips = known.map((one) => ({ one, count: editDistance(name, one, most) })).filter(({ count }) =>
    count <= most
  );
  return slips.toSorted((a, b) => a.count - b.count)[0]?.one;
}
