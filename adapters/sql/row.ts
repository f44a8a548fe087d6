/** A stored row, by column. Text may come as bytes, where a column compares by bytes. */
export type Row = Record<string, number | bigint | string | Uint8Array | null>;

/** A column's text, or undefined where there is none. */
export const textOf = (value: Row[string] | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** A column's number, or undefined where there is none. */
export const numberOf = (value: Row[string] | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
