import { z } from "zod";
import type { Fault } from "@/domain/rejection.ts";

/** The body of every error, RFC 9457. `errors` points at each fault by JSON Pointer, or names a query parameter. */
export const problemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string().optional(), parameter: z.string().optional(), detail: z.string() }))
    .optional(),
}).meta({ id: "Problem" });
export type Problem = z.output<typeof problemBody>;

const TITLES = {
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
  422: "Invalid",
  428: "Precondition required",
  500: "Internal error",
  503: "Unavailable",
} as const;
export type ErrorStatus = keyof typeof TITLES;

/** A request that ends in an error answer. */
export class HttpProblem extends Error {
  override name = "HttpProblem";
  constructor(
    readonly status: ErrorStatus,
    readonly detail?: string,
    readonly extra: { code?: string; errors?: Problem["errors"]; headers?: Record<string, string> } = {},
  ) {
    super(detail ?? TITLES[status]);
  }
}

/** The response for an error. */
export function problemResponse({ status, detail, extra }: HttpProblem): Response {
  const code = extra.code ?? TITLES[status].toLowerCase().replaceAll(" ", "-");
  const body: Problem = {
    type: `/problems/${code}`,
    title: TITLES[status],
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(extra.errors === undefined ? {} : { errors: extra.errors }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...extra.headers, "content-type": "application/problem+json" },
  });
}

/** Faults of a body, each by its JSON Pointer (RFC 6901). */
export const pointers = (faults: Fault[]): NonNullable<Problem["errors"]> =>
  faults.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    detail: message,
  }));
