import type { Scenario } from "../scenario.ts";
import { KILLS } from "./kills.ts";
import { MEMBERS } from "./members.ts";
import { NETWORK } from "./network.ts";
import { STORES } from "./stores.ts";

/** Every scenario, in the order of its number. */
export const SCENARIOS: Scenario[] = [...KILLS, ...STORES, ...NETWORK, ...MEMBERS].sort((a, b) =>
  Number(a.id.slice(1)) - Number(b.id.slice(1))
);
