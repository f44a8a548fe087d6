import type { RejectionCode } from "@/domain/rejection.ts";

/** The meaning of each problem type, and what to do. Its URI, `/problems/CODE`, shows it. */
const MEANINGS = {
  "malformed-request":
    "The request is not one: its body, path, host or encoding is broken. Send it as the API's document says.",
  "unauthorised": "The request needs a token. Send it as `Authorization: Bearer TOKEN`.",
  "forbidden": "Nobody may do this here, as the service is set up, or the request came from another site's page.",
  "not-found": "There is nothing at this address.",
  "method-not-allowed": "The method is not offered here; the header `Allow` names those that are.",
  "not-acceptable": "The answer cannot be given in a type that `Accept` allows.",
  "conflict": "The request does not fit the present state. Read it, then decide.",
  "gone": "What was asked for was removed, and does not come back.",
  "precondition-failed": "The version in `If-Match` is not the present one. Read it, then try again with its `ETag`.",
  "body-too-large": "The body has more bytes than this route takes. Send less at a time.",
  "unsupported-media-type": "The body is of a type that this route does not take.",
  "misdirected-request": "The service does not answer for the host that was asked.",
  "invalid": "Values break rules; `errors` names each with its place.",
  "precondition-required": "A change wants the version that it is made from, in `If-Match`.",
  "too-many-requests": "This client asks more than it may. Wait as long as `Retry-After` says.",
  "internal-error": "The service failed. Try again later; report it with the answer's `x-correlation-id` if it stays.",
  "unavailable": "A part that is needed does not answer. Wait as long as `Retry-After` says.",
  "overloaded": "The service has more to do than it can. Wait as long as `Retry-After` says.",
  "backlog-full":
    "Too many events wait for the event log, so nothing new is taken. Wait as long as `Retry-After` says.",
  "bad-cursor": "The cursor was not given by this service, or for another query. Begin with the first page.",
  "bad-idempotency-key": "An `Idempotency-Key` has 1 to 255 printable ASCII characters.",
  "idempotency-key-reused": "The `Idempotency-Key` was used for another request. Use a new one.",
  "request-running":
    "An earlier request with this `Idempotency-Key` is still at work. Wait as long as `Retry-After` says.",
  "rebuild-running": "A rebuild is at work already.",
  "book-not-found": "There is no book with this id.",
  "book-exists": "There is a book with this id.",
  "isbn-taken": "Another book has this ISBN.",
  "version-mismatch": "The book has changed since it was read. Read it, then try again.",
  "unknown-book": "The catalogue has no book with this id.",
  "id-reused": "An event with this id and other content was taken before.",
  "time-ahead": "The time lies more than five minutes ahead.",
  "reader-erased": "The reader was erased; nothing is taken by this id any more.",
} as const satisfies Record<RejectionCode, string> & Record<string, string>;

export type ProblemCode = keyof typeof MEANINGS;

/** Returns the meaning of a problem type, or undefined for an unknown one. */
export const meaningOf = (code: string): string | undefined =>
  Object.entries(MEANINGS).find(([one]) => one === code)?.[1];
