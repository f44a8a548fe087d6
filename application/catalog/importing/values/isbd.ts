/** ISBD puts ` :`, ` /`, ` ;` or a stop after an element; the stop of an initial or an abbreviation belongs to it. */
export const withoutIsbd = (text: string): string =>
  text.replace(/[\x98\x9c]/g, "").replace(/\s*[/:;,=]\s*$/, "").replace(
    /(?<!\b\p{L}|\.\.)(?<!\b(?:Jr|Sr|etc|vol|no|ed))\.$/iu,
    "",
  ).trim();

/** Whether texts of a column are written by these rules: most of them end in a blank and such a mark. */
export const isIsbd = (texts: string[]): boolean =>
  2 * texts.filter((text) => /\s[/:]$/.test(text)).length > texts.length;
