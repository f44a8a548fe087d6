const MAX_LETTERS = 64;
/** Three rows of the table of distances, used by one call at a time. */
const rows = [0, 1, 2].map(() => new Uint8Array(MAX_LETTERS + 2));

/**
 * How many slips turn one word into another, up to `most`; more are `most + 1`. A letter left out, added or replaced is one slip,
 * and so are two neighbours swapped (optimal string alignment, Damerau 1964). With `prefix` the other word may go on.
 */
export function editDistance(word: string, other: string, most: number, prefix = false): number {
  const [m, n] = [word.length, Math.min(other.length, prefix ? word.length + most : MAX_LETTERS)];
  if (m > MAX_LETTERS || m - n > most || (!prefix && other.length - m > most)) return most + 1;
  let [before, last, row] = rows as [Uint8Array, Uint8Array, Uint8Array];
  for (let at = 0; at <= n; at++) last[at] = at;
  for (let i = 1; i <= m; i++) {
    const letter = word.charCodeAt(i - 1);
    // Cells further than `most` from the diagonal are beyond the bound whatever they are.
    const [from, to] = [Math.max(1, i - most), Math.min(n, i + most)];
    row[from - 1] = from === 1 ? i : most + 1;
    if (i + most <= n) last[i + most] = most + 1;
    let least = row[from - 1]!;
    for (let j = from; j <= to; j++) {
      const same = letter === other.charCodeAt(j - 1);
      let cost = last[j - 1]! + (same ? 0 : 1);
      if (last[j]! + 1 < cost) cost = last[j]! + 1;
      if (row[j - 1]! + 1 < cost) cost = row[j - 1]! + 1;
      if (
        !same && i > 1 && j > 1 && letter === other.charCodeAt(j - 2) &&
        word.charCodeAt(i - 2) === other.charCodeAt(j - 1) && before[j - 2]! + 1 < cost
      ) cost = before[j - 2]! + 1;
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [before, last, row] = [last, row, before];
  }
  let distance = last[n]!;
  if (prefix) { for (let at = Math.max(0, m - most); at <= n; at++) distance = Math.min(distance, last[at]!); }
  return Math.min(distance, most + 1);
}
