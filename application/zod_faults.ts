import type { z } from "zod";
import type { Fault } from "@/domain/rejection.ts";

/** A zod error as faults of the domain. */
export const faultsOf = (error: z.ZodError): Fault[] =>
  error.issues.map(({ path, message }) => ({
    path: path.map((part) => typeof part === "symbol" ? String(part) : part),
    message,
  }));
