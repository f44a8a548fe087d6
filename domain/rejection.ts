/** One thing that is wrong with what was sent: the path of the field (`["authors", 0]`) and what was wanted. */
export type Fault = { path: (string | number)[]; message: string };

/** The business's ways to say no. Each is an answer, not a failure of the system. */
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

/** A business no: its code, a sentence for a person, the faults by field where there are any, and the book in the way, by its id. */
export type Rejection = { code: RejectionCode; detail: string; faults?: Fault[]; book?: string };

/** Faults as one sentence, each with where it is. */
export const faultText = (faults: Fault[]): string =>
  faults.map(({ path, message }) => `${path.join(".") || "value"}: ${message}`).join("; ");

/** A rejection for values that break rules, one fault per rule broken. */
export const invalid = (faults: Fault[]): Rejection => ({ code: "invalid", detail: faultText(faults), faults });
