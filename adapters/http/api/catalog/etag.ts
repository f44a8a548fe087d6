import type { AppContext } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** A book's version as a strong ETag. */
export const etagOf = ({ version }: { version: number }): string => `"${version}"`;

/** The version that a change expects, undefined for `If-Match: *`. Answers 428 without the header, 412 for no version. */
export function wantedVersion(context: AppContext): { version?: number } {
  const header = context.req.header("if-match")?.trim();
  if (header === undefined || header === "") throw new HttpProblem(428, "wanted the book's version in If-Match");
  if (header === "*") return {};
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) {
    throw new HttpProblem(412, `If-Match names no version of the book, found ${header.slice(0, 50)}`, {
      code: "version-mismatch",
    });
  }
  return { version: Number(version) };
}
