import { type Commit, type Ends, placeOf } from "../history.ts";
import { CONSUMERS } from "../processes.ts";
import type { Facts, Violation } from "./facts.ts";

/** I10: a version that readers are shown has read what was in the log when its last rebuild began, at the least. */
export const checkRebuilds = ({ world: { history } }: Facts): Violation[] =>
  (["trend", "recommendation"] as const).flatMap((name) =>
    checkSwitches(history.commits.filter(({ store }) => store === CONSUMERS[name].store), CONSUMERS[name].topics)
  );

function checkSwitches(commits: Commit[], topics: string[]): Violation[] {
  const found: Violation[] = [];
  let began: Ends = new Map();
  let read = new Map<string, number>();
  for (const commit of commits) {
    if (commit.began !== undefined) began = commit.began;
    if (commit.clearedAbove !== undefined) {
      read = new Map([...read].filter(([at]) => Number(at.split(" ")[0]) <= commit.clearedAbove!));
    }
    for (const move of commit.moves) read.set(`${commit.version} ${placeOf(move)}`, Number(move.next));
    for (const [place, end] of commit.switched === undefined ? [] : began) {
      const at = read.get(`${commit.switched} ${place}`) ?? 0;
      if (!topics.includes(place.split("/")[0]!) || at >= end) continue;
      found.push({
        invariant: "I10",
        detail:
          `version ${commit.switched} was shown at ${at} of ${place}, which had ${end} messages when it was begun`,
      });
    }
  }
  return found;
}
