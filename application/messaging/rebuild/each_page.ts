const PAGE_ROWS = 500;

/** Passes rows to `work` page by page. `read` gets the last row of the previous page. */
export async function eachPage<Row>(
  read: (after: Row | undefined, limit: number) => Promise<Row[]>,
  work: (rows: Row[]) => Promise<void>,
): Promise<void> {
  let after: Row | undefined;
  for (;;) {
    const rows = await read(after, PAGE_ROWS);
    if (rows.length > 0) await work(rows);
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1);
  }
}
