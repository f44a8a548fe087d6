import { CONSUMER_MUTANTS } from "./consumer_mutants.ts";
import type { Mutants } from "./mutant.ts";
import { OUTBOX_MUTANTS } from "./outbox_mutants.ts";
import { READING_MUTANTS } from "./reading_mutants.ts";

/** Every planted bug. */
export const MUTANTS: Mutants = { ...CONSUMER_MUTANTS, ...OUTBOX_MUTANTS, ...READING_MUTANTS };
