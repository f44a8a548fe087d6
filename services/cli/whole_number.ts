import { StartFault } from "@/services/settings/settings.ts";

/** The whole number that an argument says; `name`: of the argument. */
export function wholeNumber(text: string, name: string, least = 0): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new StartFault(`${name}: wanted a whole number${least > 0 ? ` from ${least}` : ""}, found ${text}`);
}
