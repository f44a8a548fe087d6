import type { z } from "zod";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import { invalid, parameterFaults, pointers } from "@/adapters/http/base/problems/problem.ts";
import type { AppContext } from "./app.ts";

/** Answers 422, with all faults, when a request does not match its schema. */
export function refuseInvalid(
  result: { target: string } & ({ success: true } | { success: false; error: z.ZodError }),
  { req }: AppContext,
): void {
  if (result.success) return;
  const faults = faultsOf(result.error);
  throw invalid(
    result.target === "json" ? pointers(faults) : parameterFaults(faults, (name) => req.query(name) ?? req.param(name)),
  );
}

/** Returns the path parameters of a request, parsed by their schema. Answers 422 when they do not match it. */
export function validParams<Schema extends z.ZodType>(context: AppContext, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(context.req.param());
  refuseInvalid({ target: "param", ...result }, context);
  return result.data as z.output<Schema>;
}
