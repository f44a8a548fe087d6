/** A stored row by column. Text of a column that compares by bytes may come as bytes. */
export type Row = Record<string, number | bigint | string | Uint8Array | null>;

/** A column's text, or undefined where there is none. */
export const textOf = (value: Row[string] | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** A column's number, or undefined where there is none. */
export const numberOf = (value: Row[string] | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
