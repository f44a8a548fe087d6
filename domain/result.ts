/** The outcome of a rule: a value, or why there is none. Expected outcomes are values; only broken invariants throw. */
export type Result<Value, Failure> = { ok: true; value: Value } | { ok: false; error: Failure };

/** A successful outcome. */
export const ok = <Value>(value: Value): Result<Value, never> => ({ ok: true, value });

/** A refused outcome. */
export const refuse = <Failure>(error: Failure): Result<never, Failure> => ({ ok: false, error });
