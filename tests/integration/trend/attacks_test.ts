import { attackRules } from "@/tests/support/trend/attack_rules.ts";

attackRules(5_000);
