/**
 * How many rows of each shard are read to choose a batch of so many. Keys spread evenly over the shards, so that twice an even
 * share is about enough.
 */
export const firstRowsOf = (rows: number, shards: number): number =>
  Math.min(rows, Math.max(100, Math.ceil(2 * rows / shards)));
