/**
 * Text that people write, as it is stored, answered and told alike by every store. A character is a code point, as databases
 * and JSON Schema count them.
 */

/**
 * Characters that no text here has: control characters, line breaks, halves of surrogate pairs, what Unicode never assigns,
 * and what turns the direction of the text around it (overrides, embeddings, isolates).
 */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069]/u;
/** A character that is seen: no space, mark or format character, and no blank that counts as a letter. */
const VISIBLE = /(?!\p{Default_Ignorable_Code_Point})[^\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\u2800]/u;
const LINE_BREAK = /\r\n|[\r\u0085\u2028\u2029]/g;

/** Whether a text has no more characters than that. */
export const isWithin = (text: string, most: number): boolean =>
  text.length <= most || (text.length <= 2 * most && Array.from(text).length <= most);

/** Whether there is anything to be seen in a text. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

/** What is wrong with a text of one line, which wants something to be seen in it. */
export function lineFault(text: string, most: number): string | undefined {
  if (!isVisible(text) || !isWithin(text, most)) return `wanted 1 to ${most} characters, one of them visible`;
  return unfit(text);
}

/** What is wrong with a text of any number of lines. */
export const linesFault = (text: string, most: number): string | undefined =>
  isWithin(text, most) ? unfit(text.replaceAll("\n", " ")) : `wanted at most ${most} characters`;

/** A text of several lines in its one form: each line break is one `\n`, tabs are spaces, none of it at the ends. */
export const tidyLines = (text: string): string => text.replace(LINE_BREAK, "\n").replaceAll("\t", " ").trim();

function unfit(text: string): string | undefined {
  const found = UNFIT.exec(text)?.[0]?.codePointAt(0);
  if (found === undefined) return undefined;
  const name = `U+${found.toString(16).toUpperCase().padStart(4, "0")}`;
  return `wanted no control characters, halves of surrogate pairs or turns of direction, found ${name}`;
}

/** Whether a text can be the id of something: 1 to 64 characters, each of them seen. */
export const isId = (text: string): boolean => ID.test(text);
const ID = /^[^\s\p{C}]{1,64}$/u;
