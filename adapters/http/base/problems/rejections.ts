import type { Rejection, RejectionCode } from "@/domain/rejection.ts";
import { type ErrorStatus, HttpProblem, pointers } from "./problem.ts";

/** Returns the HTTP status of a rejection. */
function statusOf(code: RejectionCode): ErrorStatus {
  switch (code) {
    case "invalid":
    case "unknown-book":
    case "time-ahead":
      return 422;
    case "book-not-found":
      return 404;
    case "book-exists":
    case "isbn-taken":
    case "id-reused":
      return 409;
    case "version-mismatch":
      return 412;
    case "reader-erased":
      return 410;
    default:
      return code satisfies never;
  }
}

/** Returns the problem of a rejection. */
export function problemOf({ code, detail, faults, book }: Rejection): HttpProblem {
  return new HttpProblem(statusOf(code), detail, {
    code,
    ...(faults === undefined ? {} : { errors: pointers(faults) }),
    ...(book === undefined ? {} : { book: { id: book, url: `/v1/books/${encodeURIComponent(book)}` } }),
  });
}
