import type { Scenario } from "../scenario.ts";
import { ABUSE } from "./abuse.ts";
import { BROKER } from "./broker.ts";
import { CLOCKS } from "./clocks.ts";
import { DECODING } from "./decoding.ts";
import { KILLS } from "./kills.ts";
import { LETTERS } from "./letters.ts";
import { LIMITS } from "./limits.ts";
import { MEMBERS } from "./members.ts";
import { MESSAGES } from "./messages.ts";
import { mixOf } from "./mix.ts";
import { NETWORK } from "./network.ts";
import { REBUILDS } from "./rebuilds.ts";
import { SLEEPERS } from "./sleepers.ts";
import { SOAK } from "./soak.ts";
import { STARTS } from "./starts.ts";
import { STORES } from "./stores.ts";
import { STRANGERS } from "./strangers.ts";
import { SWIZZLES } from "./swizzles.ts";
import { UPGRADES } from "./upgrades.ts";

const EACH: Scenario[] = [
  ...KILLS,
  ...BROKER,
  ...STORES,
  ...NETWORK,
  ...MEMBERS,
  ...MESSAGES,
  ...LETTERS,
  ...DECODING,
  ...REBUILDS,
  ...SLEEPERS,
  ...LIMITS,
  ...STARTS,
  ...CLOCKS,
  ...STRANGERS,
  ...ABUSE,
  ...UPGRADES,
  ...SWIZZLES,
  ...SOAK,
];
/** Every scenario, in the order of its number. */
export const SCENARIOS = [...EACH, mixOf(EACH)].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));

/**
 * About seven minutes' worth: each kind of death, the lost answer, the zombie, poison, a key that is held up, a clock set back, too
 * many clients.
 */
export const SHORT_MIX = ["F1", "F2", "F3", "F6", "F12", "F14", "F18", "F19", "F44", "F45", "F46"];
