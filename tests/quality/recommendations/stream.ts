import { actsToTune } from "@/application/messaging/projections/self_tuning.ts";
import type { Act } from "./acts.ts";
import { Judge } from "./judge.ts";
import type { TaughtShop } from "./taught_shop.ts";

type StreamOptions = {
  /** Lists are asked for every so many steps; all acts are learned. */
  every: number;
  /** The engine has its turn when the acts have grown by this share: what it knows is as much behind at most. */
  behind: number;
  /** Chooses settings by what was learned; called when the service would do it by itself. */
  tune?: () => Promise<void>;
  onProgress?: (done: number, of: number) => void;
};

const PROGRESS_EVERY = 1_000;

/**
 * Test, then learn: before each step of a reader (their acts of one time) their list is asked for and compared with the books of
 * the step that are new to them, and only then the step is learned. The acts must be in the order of time.
 */
export async function stream(
  shop: Pick<TaughtShop, "project" | "refresh" | "list" | "areAlike">,
  { learned, acts }: { learned: Act[]; acts: Act[] },
  { every, behind, tune, onProgress = () => {} }: StreamOptions,
): Promise<Judge> {
  const judge = new Judge(shop.areAlike);
  let waiting: Act[] = learned;
  let [total, engineAt, tunedBy] = [0, 0, 0];
  const learn = async () => {
    if (waiting.length === 0) return;
    await shop.project(waiting);
    for (const act of waiting) judge.learn(act);
    total += waiting.length;
    waiting = [];
    if (tune !== undefined && total >= actsToTune(tunedBy)) {
      tunedBy = total;
      await tune();
    }
    if (total - engineAt < behind * engineAt) return;
    await shop.refresh({ entirely: false });
    engineAt = total;
  };
  const steps = stepsOf(acts);
  for (const [at, step] of steps.entries()) {
    const { reader } = step[0]!;
    if (at % every === 0) {
      await learn();
      const wanted = judge.unknown(reader, step);
      if (wanted.size > 0) judge.add(reader, await shop.list(reader), wanted);
    }
    waiting.push(...step);
    if (at % PROGRESS_EVERY === 0) onProgress(at, steps.length);
  }
  return judge;
}

/** Acts of one reader at one time, in the order in which the first of each stands. */
export function stepsOf(acts: Act[]): Act[][] {
  return [...Map.groupBy(acts, ({ reader, time }) => `${time} ${reader}`).values()];
}
