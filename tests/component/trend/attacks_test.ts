import { attackRules } from "@/tests/support/trend/attack_rules.ts";

// Enough to be first where nobody bounds them; tests/integration has 5,000.
attackRules(1_000);
