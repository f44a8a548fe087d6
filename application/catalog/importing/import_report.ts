/** What became of a file's rows. `reasons`: how often each kind of refusal and warning was met. */
export type ImportReport = {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
  warnings: number;
  /** Rows that are left out, as an earlier row of the file has their id. */
  repeated: number;
  /** Refused rows that do not say which book they are: where there are some, nothing is removed. */
  unnamed: number;
  removed: number;
  reasons: Record<string, number>;
  /** Columns that no field was read from. */
  unused: string[];
  /** Whether ids were made from what the rows say, as the file has none. */
  ids_made: boolean;
  /** Where no row could be used: a `--map` that would do. */
  suggestion?: string | undefined;
  /** Where no row could be used: the columns of the first rows. */
  columns?: string[] | undefined;
};

export const emptyReport = (): ImportReport => ({
  rows: 0,
  added: 0,
  changed: 0,
  unchanged: 0,
  rejected: 0,
  warnings: 0,
  repeated: 0,
  unnamed: 0,
  removed: 0,
  reasons: {},
  unused: [],
  ids_made: false,
});

/** The kind of a reason: without what was found, which differs from row to row. */
const kindOf = (reason: string): string =>
  reason.replace(/"(?:[^"\\]|\\.)*" ?/g, "").replace(/\.\d+(?=:)/g, "")
    .replace(/\bfound [^;]*/g, "found …")
    .replace(/\b(ISBN|book|row|line|column(?= \d)) [^\s;]*[^\s;,:]/g, "$1 …");

/** Counts a reason; true when it is the first of its kind. */
export function countReason({ reasons }: ImportReport, reason: string): boolean {
  const kind = kindOf(reason);
  const before = reasons[kind] ?? 0;
  reasons[kind] = before + 1;
  return before === 0;
}
