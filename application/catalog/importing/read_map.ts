import { type Field, FIELDS } from "./column_names.ts";

/** `id=Nr,year=Jahr` as columns by field. Throws with what was wanted. */
export function readMap(text: string): Partial<Record<Field, string>> {
  const pairs = text.split(",").map((pair) => pair.split("=").map((part) => part.trim()));
  for (const [field, column] of pairs) {
    if (!FIELDS.some((known) => known === field) || column === undefined || column === "") {
      throw new Error(`wanted field=column with a field of ${FIELDS.join(", ")}; found ${field}=${column ?? ""}`);
    }
  }
  return Object.fromEntries(pairs);
}
