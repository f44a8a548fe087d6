import { attackRules } from "@/tests/support/attack_rules.ts";

attackRules(5_000);
