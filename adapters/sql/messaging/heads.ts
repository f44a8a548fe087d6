/**
 * How many rows of each shard are looked at for a batch of so many: keys spread evenly, so that twice an even part is about
 * what is wanted.
 */
export const firstRowsOf = (rows: number, shards: number): number =>
  Math.min(rows, Math.max(100, Math.ceil(2 * rows / shards)));
