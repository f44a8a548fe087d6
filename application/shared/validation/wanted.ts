import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const KINDS: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  null: "null",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "text",
  undefined: "nothing",
};
const FORMATS: Record<string, string> = { datetime: "a time such as 2026-11-23T10:00:00Z", url: "a URL" };

/** What a schema wants, in plain words. Undefined where only a message of the schema can say it. */
export function wantedOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `wanted ${KINDS[issue.expected] ?? issue.expected}`;
    case "too_small":
      return `wanted ${issue.minimum}${unitOf(issue.origin)} or more`;
    case "too_big":
      return `wanted ${issue.maximum}${unitOf(issue.origin)} or less`;
    case "invalid_value":
      return `wanted ${issue.values.join(" or ")}`;
    case "invalid_format":
      return `wanted ${FORMATS[issue.format] ?? "text of another form"}`;
    default:
      return undefined;
  }
}

/** What a schema wants, and the kind or size of what was found: never a text itself, as faults are logged. */
export function wantedAndFound(issue: Issue): string | undefined {
  const wanted = wantedOf(issue);
  return wanted === undefined ? undefined : `${wanted}, found ${foundIn(issue)}`;
}

/** The same for who has just sent it: one of a few known words is meant, so that the word that was found is said. */
export const wantedAndQuoted = (issue: Issue): string | undefined =>
  issue.code === "invalid_value" && typeof issue.input === "string"
    ? `${wantedOf(issue)}, found ${JSON.stringify(issue.input.slice(0, MOST_QUOTED))}`
    : wantedAndFound(issue);
const MOST_QUOTED = 40;

function foundIn(issue: Issue): string {
  const { code, input } = issue;
  const kind = KINDS[input === null ? "null" : Array.isArray(input) ? "array" : typeof input] ?? "something else";
  if (code === "too_small" || code === "too_big") return sizeOf(input) ?? kind;
  if (code === "invalid_type" && kind === "a number") {
    if (!Number.isFinite(input)) return "a number that is too large";
    if (issue.expected === "int") return "a number that is not whole";
  }
  return kind === "text" && code !== "invalid_type" ? "other text" : kind;
}

function sizeOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" || Array.isArray(value) ? String(value.length) : undefined;
}

const unitOf = (origin: string): string => origin === "string" ? " characters" : origin === "array" ? " items" : "";
