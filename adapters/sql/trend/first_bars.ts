/** Bars and candidates of scores from before there were any, made by the indexes that those had. */
import { bitsWhere, NO_BAR } from "./candidates.ts";
import { SCORE_COLUMN } from "./rows.ts";

/** Candidates of a window that a cut leaves. */
export const KEPT = 500;

const columns = Object.values(SCORE_COLUMN);

/** The bar of a window leaves as many candidates as a cut; with fewer keys there is none. */
export const firstBars = `INSERT INTO score_bar (version, subject, ${columns.join(", ")})
  SELECT version, subject, ${
  columns.map((name) =>
    `COALESCE((SELECT ${name} FROM score AS one WHERE one.version = found.version AND one.subject = found.subject
      ORDER BY ${name} DESC LIMIT 1 OFFSET ${KEPT - 1}), ${NO_BAR})`
  ).join(", ")
}
  FROM (SELECT DISTINCT version, subject FROM score) AS found`;

/** The windows in which a row of `score` is at or above its `bar`. */
export const isAbove = `(${bitsWhere((window) => `score.${SCORE_COLUMN[window]} >= bar.${SCORE_COLUMN[window]}`)})`;
