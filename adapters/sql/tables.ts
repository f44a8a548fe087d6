/** A table whose rows belong to projection versions. `key`: the columns of its primary key after the version. */
export type VersionTable = { name: string; key: string[] };

/** The projection tables, by store. */
export const TREND_TABLES = {
  vote: { name: "vote", key: ["subject", "key", "hour", "reader", "kind"] },
  bucket: { name: "bucket", key: ["subject", "key", "start", "kind"] },
  score: { name: "score", key: ["subject", "key"] },
  scoreBar: { name: "score_bar", key: ["subject"] },
  shownBook: { name: "shown_book", key: ["id"] },
  bookRemoval: { name: "book_removal", key: ["id"] },
  shownQuery: { name: "shown_query", key: ["key"] },
};
export const RECOMMENDATION_TABLES = {
  interaction: { name: "interaction", key: ["reader", "book", "kind"] },
  search: { name: "reader_search", key: ["reader", "normal"] },
  book: { name: "known_book", key: ["id"] },
  list: { name: "neighbour_list", key: ["book"] },
  feature: { name: "feature", key: ["feature", "book"] },
  mark: { name: "change_mark", key: ["kind", "id"] },
  listWrite: { name: "list_write", key: [] },
  listChange: { name: "list_change", key: ["times"] },
};
