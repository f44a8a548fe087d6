import { z } from "zod";
import type { Fault } from "@/domain/rejection.ts";
import { defined } from "@/application/defined.ts";
import type { ProblemCode } from "./problems.ts";

/** The body of every error (RFC 9457). `errors` locates each fault by JSON Pointer or query parameter. */
export const problemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string().optional(), parameter: z.string().optional(), detail: z.string() }))
    .optional(),
  book: z.object({ id: z.string(), url: z.string() }).optional().meta({
    description: "The book that is in the way: the one that has the id or the ISBN",
  }),
}).meta({ id: "Problem" });
type Problem = z.output<typeof problemBody>;

export const TITLES = {
  400: "Malformed request",
  401: "Unauthorised",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  406: "Not acceptable",
  409: "Conflict",
  410: "Gone",
  412: "Precondition failed",
  413: "Body too large",
  415: "Unsupported media type",
  421: "Misdirected request",
  422: "Invalid",
  428: "Precondition required",
  429: "Too many requests",
  500: "Internal error",
  503: "Unavailable",
} as const;
export type ErrorStatus = keyof typeof TITLES;

/** The default problem type of each status. */
const CODES: Record<ErrorStatus, ProblemCode> = {
  400: "malformed-request",
  401: "unauthorised",
  403: "forbidden",
  404: "not-found",
  405: "method-not-allowed",
  406: "not-acceptable",
  409: "conflict",
  410: "gone",
  412: "precondition-failed",
  413: "body-too-large",
  415: "unsupported-media-type",
  421: "misdirected-request",
  422: "invalid",
  428: "precondition-required",
  429: "too-many-requests",
  500: "internal-error",
  503: "unavailable",
};

/** An error that answers the request. */
export class HttpProblem extends Error {
  override name = "HttpProblem";
  constructor(
    readonly status: ErrorStatus,
    readonly detail?: string,
    readonly extra: {
      code?: ProblemCode;
      errors?: Problem["errors"];
      book?: Problem["book"];
      headers?: Record<string, string>;
    } = {},
  ) {
    super(detail ?? TITLES[status]);
  }
}

/** Creates the response of a problem. */
export function problemResponse({ status, detail, extra }: HttpProblem): Response {
  const code = extra.code ?? CODES[status];
  const body: Problem = {
    type: `/problems/${code}`,
    title: TITLES[status],
    status,
    ...(detail === undefined ? {} : { detail }),
    ...defined({ errors: extra.errors, book: extra.book }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "cache-control": "no-store", ...extra.headers, "content-type": "application/problem+json" },
  });
}

/** Converts faults of a body, or of the value at `within`, each with its JSON Pointer (RFC 6901). */
export const pointers = (faults: Fault[], within: Fault["path"] = []): { pointer: string; detail: string }[] =>
  faults.map(({ path, message }) => ({
    pointer: [...within, ...path].map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(
      "",
    ),
    detail: message,
  }));

/** Returns 422 for a request whose body or parameters have these faults. Its detail names all of them. */
export function invalid(errors: NonNullable<Problem["errors"]>): HttpProblem {
  const said = errors.map(({ parameter, pointer, detail }) => `${parameter ?? (pointer || "the body")}: ${detail}`);
  return new HttpProblem(422, said.join("; "), { code: "invalid", errors });
}

const LONGEST_FOUND = 40;

/** Converts faults of parameters, each with the value found. The response may contain it, a log may not. */
export const parameterFaults = (
  faults: Fault[],
  valueOf: (name: string) => string | undefined,
): NonNullable<Problem["errors"]> =>
  faults.map(({ path, message }) => {
    const parameter = path.join(".");
    const value = valueOf(parameter);
    const found = value === undefined ? "nothing" : JSON.stringify(value.slice(0, LONGEST_FOUND));
    const wanted = message.replace(/, found other text$/, "");
    return { parameter, detail: wanted.includes(", found ") ? wanted : `${wanted}, found ${found}` };
  });
