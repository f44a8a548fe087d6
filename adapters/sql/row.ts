/** A stored row by column. Text may come as bytes when its column is compared by bytes. */
export type Row = Record<string, number | bigint | string | Uint8Array | null>;

/** Returns a column's text, or undefined for NULL. */
export const textOf = (value: Row[string] | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

/** Returns a column's number, or undefined for NULL. */
export const numberOf = (value: Row[string] | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
