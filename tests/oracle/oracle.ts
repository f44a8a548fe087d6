import type { Evidence } from "./evidence.ts";
import { checkAnswers } from "./promises/answers.ts";
import { checkCatalogueAndLists } from "./promises/catalogue_and_lists.ts";
import { checkPolicies } from "./promises/policies.ts";
import { checkDeadLetters } from "./promises/dead_letters.ts";
import { checkErasures } from "./promises/erasures.ts";
import { checkExactlyOnce } from "./promises/exactly_once.ts";
import { checkKeyOrder } from "./promises/key_order.ts";
import { checkOutbox } from "./promises/outbox.ts";
import { checkPositions } from "./promises/positions.ts";
import { checkReads } from "./promises/reads.ts";
import { checkRecommendations } from "./promises/recommendations.ts";
import { checkShown } from "./promises/shown.ts";
import { checkTrends } from "./promises/trends.ts";
import { checkVersions } from "./promises/versions.ts";
import type { Violation } from "./violation.ts";

/** The promises that hold for a run as a whole; the file of each says what it means. */
const PROMISES: ((evidence: Evidence) => Violation[])[] = [
  checkAnswers,
  checkExactlyOnce,
  checkOutbox,
  checkCatalogueAndLists,
  checkPolicies,
  checkKeyOrder,
  checkPositions,
  checkDeadLetters,
  checkTrends,
  checkRecommendations,
  checkErasures,
  checkVersions,
  checkShown,
  checkReads,
];

/** The promises that a run has broken. The same for simulated and for real runs, which differ in how they collect the evidence. */
export const brokenPromises = (evidence: Evidence): Violation[] => PROMISES.flatMap((check) => check(evidence));
