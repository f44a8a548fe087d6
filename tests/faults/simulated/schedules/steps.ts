/** What a schedule does: commands that are sent, faults that strike, rebuilds. Each step has a name, which the seed alone decides. */
export interface Steps {
  /** Whether a step is taken; `drawn` says so where the schedule is not cut down to some of its steps. */
  take(name: string, what: string, drawn?: () => boolean): boolean;
  /** What each step that was taken did, by its name. */
  taken: Map<string, string>;
}

/** A schedule, and the steps to which it is cut down, where it is. */
export type Schedule = { seed: number; only?: readonly string[] };

/** A step that begins so decides in which order processes take turns in a schedule that is cut down. */
export const TURNS = "turns";

/** `only`: the steps to which the schedule is cut down. */
export function createSteps(only?: readonly string[]): Steps {
  const kept = only === undefined ? undefined : new Set(only);
  const taken = new Map<string, string>();
  return {
    taken,
    take(name, what, drawn = () => true) {
      const takes = kept === undefined ? drawn() : kept.has(name);
      if (takes) taken.set(name, what);
      return takes;
    },
  };
}

/** A schedule as text, which `scheduleOf` reads: its seed, and the steps to which it is cut down. */
export const scheduleText = ({ seed, only = [] }: Schedule): string => [seed, ...only].join(" ");

/** The schedule of a text. */
export function scheduleOf(text: string): Schedule {
  const [seed, ...only] = text.trim().split(/\s+/);
  return { seed: Number(seed), ...(only.length === 0 ? {} : { only }) };
}
