import { type FieldMap, FIELDS } from "./column_names.ts";

/** `id=Nr,year=Jahr` as columns by field. Throws with what was wanted. */
export function readMap(text: string): FieldMap {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [field, column] = pair.split("=").map((part) => part.trim());
      if (!FIELDS.some((known) => known === field) || column === undefined || column === "") {
        throw new Error(`wanted field=column with a field of ${FIELDS.join(", ")}; found ${pair.trim()}`);
      }
      return [field, column];
    }),
  );
}
