import { HTTPException } from "hono/http-exception";
import { Backlogged, messageOf, Unavailable } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";
import { Overloaded } from "@/adapters/http/base/limits/admission.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { routeOf } from "@/adapters/http/base/observe.ts";
import { HttpProblem } from "./problem.ts";

/** Returns the problem that answers an error. Logs internal errors. */
export function asProblem(error: unknown, context: AppContext, logger: Logger): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new HttpProblem(error.status === 403 ? 403 : 400, error.message || undefined);
  }
  if (error instanceof URIError) return new HttpProblem(400, "the path is not percent-encoded UTF-8");
  if (error instanceof Overloaded) {
    logger.warn("requests-shed", { reason: error.message });
    return new HttpProblem(503, "too many requests are at work; try again", {
      code: "overloaded",
      headers: { "Retry-After": "1" },
    });
  }
  const fields = {
    correlation: context.get("correlationId"),
    method: context.req.method,
    route: routeOf(context),
    reason: messageOf(error),
  };
  if (error instanceof Backlogged) {
    logger.warn("request-backlogged", fields);
    return new HttpProblem(503, error.message, { code: "backlog-full", headers: { "Retry-After": "10" } });
  }
  if (error instanceof Unavailable) {
    logger.warn("request-unavailable", fields);
    return new HttpProblem(503, "a part that is needed does not answer; try again", {
      headers: { "Retry-After": "1" },
    });
  }
  logger.error("request-failed", { ...fields, stack: error instanceof Error ? error.stack : undefined });
  return new HttpProblem(500);
}
