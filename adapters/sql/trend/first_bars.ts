/** For an upgrade: bars and candidates for scores of a release that had none. The SQL uses the indexes of that release. */
import { bitsWhere, NO_BAR } from "./candidates.ts";
import { SCORE_COLUMN } from "./rows.ts";

/** The number of candidates of a window after a cut. */
export const KEPT = 500;

const columns = Object.values(SCORE_COLUMN);

/** Sets each window's bar so that KEPT keys are candidates. With fewer keys there is no bar. */
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
