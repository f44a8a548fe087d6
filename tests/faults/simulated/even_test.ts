import { testSchedules } from "@/tests/faults/simulated/schedules/schedules.ts";

testSchedules(2);
