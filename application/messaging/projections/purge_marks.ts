import { type Step, stepOf } from "@/application/messaging/retention/purge.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import type { ErasedMarks } from "./ports.ts";

/** Creates the purge of expired marks: those of erased readers without any stored data. */
export const markPurge =
  (uow: UnitOfWork<{ erased: ErasedMarks }>) => async (before: number, most: number): Promise<Step> =>
    stepOf(await uow.run(({ erased }) => erased.purge(before, most)), most);
