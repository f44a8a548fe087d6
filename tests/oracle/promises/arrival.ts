import { CONSUMER_NAMES, follows } from "../consumers.ts";
import { type Violation, violation } from "../violation.ts";

/**
 * What could still be on its way. `ends`: where each partition with messages ends, by `topic/partition`; `positions`: where each
 * consumer of the versions that readers see is, by `consumer topic/partition`.
 */
type OnItsWay = {
  outbox: number;
  ends: Map<string, string>;
  positions: Map<string, string>;
  marks: number;
  /** Rebuilds that are not done. */
  rebuilds: string[];
};

/** What is still on its way, none where all is quiet. */
export function leftOver({ outbox, ends, positions, marks, rebuilds }: OnItsWay): string[] {
  const behind = CONSUMER_NAMES.flatMap((consumer) =>
    [...ends].filter(([place]) => follows(consumer, place.slice(0, place.lastIndexOf("/")))).flatMap(([place, end]) => {
      const at = positions.get(`${consumer} ${place}`);
      return at === end ? [] : [`${consumer} is at ${at} of ${end} in ${place}`];
    })
  );
  return [
    ...rebuilds.map((name) => `${name} is not done`),
    ...outbox > 0 ? [`${outbox} rows in the outbox`] : [],
    ...marks > 0 ? [`${marks} marks of the engine`] : [],
    ...behind,
  ];
}

/** Promises 5 and 6, I12: when all faults are over, everything arrives by itself; the outbox too, which is I11. */
export function checkArrival(left: string[], within: string): Violation[] {
  const [rows, others] = [left.filter((one) => one.includes("outbox")), left.filter((one) => !one.includes("outbox"))];
  return [
    ...violation("I11", `the outbox was not empty within ${within}`, rows),
    ...violation("I12", `not everything has arrived within ${within}`, others),
  ];
}
