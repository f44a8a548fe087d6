import { MINUTE } from "@/domain/hours.ts";
import { StartFault } from "@/services/settings/settings.ts";

export type TuneOptions = { dryRun?: true; minutes: string; json?: true; envFile?: string };

/** Returns the time limit of a tuning in ms. Throws a StartFault unless it is more than 0 and at most 1,440 minutes. */
export function maxMsOf(options: Pick<TuneOptions, "minutes">): number {
  const minutes = Number(options.minutes);
  if (minutes > 0 && minutes <= 1_440) return minutes * MINUTE;
  throw new StartFault(`--minutes: wanted more than 0, at most 1440, found ${options.minutes}`);
}
