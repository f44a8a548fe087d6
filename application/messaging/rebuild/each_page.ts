const PAGE = 500;

/** Does something with each page of rows that `read` gives behind the last row of the one before. */
export async function eachPage<Row>(
  read: (after: Row | undefined, limit: number) => Promise<Row[]>,
  work: (rows: Row[]) => Promise<void>,
): Promise<void> {
  let after: Row | undefined;
  for (;;) {
    const rows = await read(after, PAGE);
    if (rows.length > 0) await work(rows);
    if (rows.length < PAGE) return;
    after = rows.at(-1);
  }
}
