/** A broken rule: the path of the field (`["authors", 0]`) and what was wanted. */
export type Fault = { path: (string | number)[]; message: string };

/** Why the business refuses a command. A rejection is an outcome, not a failure of the system. */
export type RejectionCode =
  | "invalid"
  | "book-not-found"
  | "book-exists"
  | "isbn-taken"
  | "version-mismatch"
  | "unknown-book"
  | "id-reused"
  | "time-ahead"
  | "reader-erased";

/** A refused command: a code, a sentence for a person, faults by field, and the id of the book that is in the way. */
export type Rejection = { code: RejectionCode; detail: string; faults?: Fault[]; book?: string };

/** Faults as one sentence, each with the path of its field. */
export const faultText = (faults: Fault[]): string =>
  faults.map(({ path, message }) => `${path.join(".") || "value"}: ${message}`).join("; ");

/** A rejection for values that break rules, with one fault for each broken rule. */
export const invalid = (faults: Fault[]): Rejection => ({ code: "invalid", detail: faultText(faults), faults });
