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

/** A business no: its code, a sentence for a person, and the faults by field where there are any. */
export type Rejection = { code: RejectionCode; detail: string; faults?: Fault[] };

/** A rejection for values that break rules, one fault per rule broken. */
export function invalid(faults: Fault[]): Rejection {
  const detail = faults.map((fault) => `${fault.path.join(".") || "value"}: ${fault.message}`).join("; ");
  return { code: "invalid", detail, faults };
}
