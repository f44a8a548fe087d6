/**
 * Rules for text that people write. Every store keeps such text unchanged.
 * A character is a Unicode code point, as in databases and JSON Schema.
 */

/**
 * Characters that are refused: control characters, line breaks, lone surrogates, noncharacters,
 * and bidirectional controls (overrides, embeddings, isolates).
 */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069]/u;
/** A visible character: not a space, mark or format character, and not a blank letter such as U+2800. */
const VISIBLE = /(?!\p{Default_Ignorable_Code_Point})[^\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\u2800]/u;
const LINE_BREAK = /\r\n|[\r\u0085\u2028\u2029]/g;

/** Whether a text has at most `most` characters. */
export const isWithin = (text: string, most: number): boolean =>
  text.length <= most || (text.length <= 2 * most && Array.from(text).length <= most);

/** Whether a text has a visible character. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

/** What is wrong with a text of one line, which must have a visible character. Undefined when nothing is. */
export function lineFault(text: string, most: number): string | undefined {
  if (!isVisible(text) || !isWithin(text, most)) return `wanted 1 to ${most} characters, one of them visible`;
  return unfit(text);
}

/** What is wrong with a text that may have several lines or be empty. Undefined when nothing is. */
export const linesFault = (text: string, most: number): string | undefined =>
  isWithin(text, most) ? unfit(text.replaceAll("\n", " ")) : `wanted at most ${most} characters`;

/** The stored form of a text of several lines: `\n` for each line break, spaces for tabs, trimmed. */
export const tidyLines = (text: string): string => text.replace(LINE_BREAK, "\n").replaceAll("\t", " ").trim();

function unfit(text: string): string | undefined {
  const found = UNFIT.exec(text)?.[0]?.codePointAt(0);
  if (found === undefined) return undefined;
  const name = `U+${found.toString(16).toUpperCase().padStart(4, "0")}`;
  return `wanted no control characters, lone surrogates or bidirectional controls, found ${name}`;
}

/** Whether a text can be an id: 1 to 64 visible characters. */
export const isId = (text: string): boolean => ID.test(text);
const ID = /^[^\s\p{C}]{1,64}$/u;
