import { StartFault } from "@/services/settings/settings.ts";

/** Parses an argument as a whole number. `name`: the argument's name in the error. */
export function wholeNumber(text: string, name: string, least = 0): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new StartFault(`${name}: wanted a whole number${least > 0 ? ` from ${least}` : ""}, found ${text}`);
}
