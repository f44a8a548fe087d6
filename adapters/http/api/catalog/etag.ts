import type { AppContext } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** Returns a book's version as a strong ETag. */
export const etagOf = ({ version }: { version: number }): string => `"${version}"`;

/** Returns the version in If-Match, or none for `If-Match: *`. Answers 428 without the header, and 412 for an invalid one. */
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
