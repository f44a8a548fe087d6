import type { z } from "zod";

/** The expected value of a setting, in plain words. Undefined if the schema has a message of its own. */
export function wantedOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "wanted a whole number" : `wanted a ${issue.expected}`;
    case "too_small":
      return `wanted ${issue.minimum} or more`;
    case "too_big":
      return `wanted ${issue.maximum} or less`;
    case "invalid_value":
      return `wanted ${issue.values.join(" or ")}`;
    default:
      return undefined;
  }
}
