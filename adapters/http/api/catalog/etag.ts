import type { AppContext } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

/** Returns a book's version as a strong ETag. */
export const etagOf = ({ version }: { version: number }): string => `"${version}"`;

/**
 * Returns the versions in If-Match, or undefined for `If-Match: *`. A weak tag matches nothing (RFC 9110, 13.1.1). Answers 428 without
 * the header, and 412 where no tag can match.
 */
export function wantedVersions(context: AppContext): number[] | undefined {
  const header = context.req.header("if-match")?.trim();
  if (header === undefined || header === "") throw new HttpProblem(428, "wanted the book's version in If-Match");
  if (header === "*") return undefined;
  const tags = isListOfTags(header) ? header.match(TAG) ?? [] : [];
  const versions = tags.flatMap((tag) => /^"(\d{1,15})"$/.exec(tag)?.[1] ?? []).map(Number);
  if (versions.length === 0) {
    throw new HttpProblem(412, `If-Match names no version of the book, found ${header.slice(0, 50)}`, {
      code: "version-mismatch",
    });
  }
  return versions;
}
const TAG = /(?:W\/)?"[^"]*"/g;
const isListOfTags = (text: string): boolean =>
  text.replace(TAG, "tag").split(",").every((one) => /^(?:tag)?$/.test(one.trim()));
