import { z } from "zod";
import type { Fault } from "@/domain/rejection.ts";
import { wantedAndFound } from "./wanted.ts";

// Validators of libraries take no error map, so it is set for all; a schema's own message and a parser's own map go before it.
z.config({ customError: wantedAndFound });

/** A zod error as faults of the domain, in plain words. */
export const faultsOf = (error: z.ZodError): Fault[] =>
  error.issues.map(({ path, message }) => ({
    path: path.map((part) => typeof part === "symbol" ? String(part) : part),
    message,
  }));
