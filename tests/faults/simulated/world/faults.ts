import type { Random } from "@/application/shared/random.ts";
import type { Steps } from "@/tests/faults/simulated/schedules/steps.ts";

/** What can go wrong, and how likely it is at each chance that it has. */
const CHANCES = {
  /** A process ends at any of its waits: a step's chance. */
  crash: 1 / 250,
  /** A process stops for longer than its session and goes on: a step's chance. */
  pause: 1 / 350,
  /** The group goes on without a member that is well: a step's chance. */
  expelled: 1 / 300,
  /** A process's clock jumps: a step's chance. */
  clockJump: 1 / 300,
  /** No store, or the log, answers for a while: a step's chance. */
  storeOutage: 1 / 700,
  logOutage: 1 / 700,
  /** A transaction is stored, and who asked for it is told that the store is gone. */
  commitAnswerLost: 1 / 25,
  /** A transaction is not stored. */
  commitRefused: 1 / 25,
  /** A transaction is stored later than one that began after it. */
  commitLate: 1 / 4,
  /** Messages are stored, and who sent them is told that the log is gone. */
  appendAnswerLost: 1 / 8,
  /** Only the first of the messages are stored. */
  appendCut: 1 / 10,
  /** Messages of different keys change places. */
  reordered: 1 / 3,
  /** A batch that was handled is handed out again. */
  redelivered: 1 / 8,
  /** The log forgets where reading was and hands out from further back. */
  rewound: 1 / 12,
  /** Another store call's answer is lost. */
  answerLost: 1 / 40,
} as const;
export type Fault = keyof typeof CHANCES;
export const FAULTS = Object.keys(CHANCES) as Fault[];

export interface Faults {
  /** Whether the fault happens now, to whom; marks it when it does. */
  strike(fault: Fault, whom: string): boolean;
  /** From now on nothing goes wrong. */
  end(): void;
}

/** How much likelier faults are that a planted bug asks for. */
const OFTEN = 5;

type FaultsDeps = {
  random: Random;
  steps: Steps;
  reach(mark: string): void;
  now(): number;
  often?: readonly Fault[] | undefined;
};

/**
 * Each schedule has its own selection of faults, so that none is always hidden behind another; some have none at all. `often`: faults
 * that every schedule has, and more of. A fault is a step, named by how many chances it had: `crash.153`.
 */
export function createFaults({ random, steps, reach, now, often = [] }: FaultsDeps): Faults {
  const calm = random.chance(0.05);
  const chosen = new Set([...FAULTS.filter(() => !calm && random.chance(0.5)), ...often]);
  const chances = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  const from = now();
  let over = false;
  return {
    strike(fault, whom) {
      if (over) return false;
      const name = `${fault}.${++chances[fault]}`;
      const drawn = () => chosen.has(fault) && random.chance(CHANCES[fault] * (often.includes(fault) ? OFTEN : 1));
      const strikes = steps.take(name, `${whom} at ${Math.round(now() - from)} ms`, drawn);
      if (strikes) reach(`fault ${fault}`);
      return strikes;
    },
    end: () => void (over = true),
  };
}
