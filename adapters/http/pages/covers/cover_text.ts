import { readTitle } from "@/domain/title.ts";

/** Lines of text that fit a box, and their font size. */
export type FittedText = { lines: string[]; size: number };
/** `sizes`: font sizes to try, the largest first; `leading`: line height relative to the font size. */
type Box = { width: number; height: number; sizes: number[]; leading: number };

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const words = new Intl.Segmenter("und", { granularity: "word" });
const SUBTITLE = /\s*(?::|;|\s[-–—])\s+/u;
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Returns whether a text is written from right to left, by its first letter. */
export const isRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text);

/** Returns a cover's title: without a series in brackets, and without the subtitle of a long title. */
export function coverTitle(title: string): string {
  const { bare } = readTitle(title);
  const [main = "", ...rest] = bare.split(SUBTITLE);
  return rest.length > 0 && bare.length > 40 && main.length > 2 ? main : bare;
}

/** Fits a text into a box with the largest possible font size. In the smallest one the text is cut. */
export function fitText(text: string, { width, height, sizes, leading }: Box): FittedText {
  const smallest = sizes.at(-1)!;
  for (const size of sizes) {
    const most = Math.max(1, Math.floor(height / (size * leading)));
    const lines = wrap(text, width / size, size === smallest);
    if (lines !== undefined && lines.length <= most) return { lines, size };
  }
  const most = Math.max(1, Math.floor(height / (smallest * leading)));
  const lines = wrap(text, width / smallest, true)!.slice(0, most);
  lines.push(ellipsed(lines.pop()!, width / smallest));
  return { lines, size: smallest };
}

/** Wraps a text to lines of at most `width` ems. Returns undefined when a word is longer and must not be broken. */
function wrap(text: string, width: number, breaksWords: boolean): string[] | undefined {
  const lines: string[] = [];
  let line = "";
  for (const piece of piecesOf(text)) {
    if (widthOf((line + piece).trimEnd()) <= width) {
      line += piece;
      continue;
    }
    if (line.trim() !== "") lines.push(line.trim());
    line = piece.trimStart();
    if (widthOf(line.trimEnd()) <= width) continue;
    if (!breaksWords) return undefined;
    const parts = broken(line, width);
    line = parts.pop()!;
    lines.push(...parts);
  }
  if (line.trim() !== "") lines.push(line.trim());
  return lines;
}

/** Splits a text where a line may end: after spaces and hyphens, and between the words of scripts without spaces. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (const chunk of text.split(/(?<=[\s\u2010-\u2014-])/u)) {
    if (
      !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u.test(
        chunk,
      )
    ) {
      pieces.push(chunk);
      continue;
    }
    for (const { segment, isWordLike } of words.segment(chunk)) {
      // Punctuation never begins a line.
      if (isWordLike === true || pieces.length === 0) pieces.push(segment);
      else pieces.push((pieces.pop() ?? "") + segment);
    }
  }
  return pieces;
}

function broken(word: string, width: number): string[] {
  const parts = [""];
  for (const { segment } of graphemes.segment(word)) {
    if (widthOf(parts.at(-1)! + segment) > width) parts.push("");
    parts.push(parts.pop()! + segment);
  }
  return parts.filter((part) => part !== "");
}

function ellipsed(line: string, width: number): string {
  const letters = [...graphemes.segment(line)].map(({ segment }) => segment);
  while (letters.length > 1 && widthOf(`${letters.join("")}…`) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

const WIDTHS: [RegExp, number][] = [
  [/[\p{M}\p{Cf}]/u, 0],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u, 1.02],
  [/\p{Extended_Pictographic}/u, 1.3],
  [/[iljI.,:;'’!|()\s[\]]/u, 0.39],
  [/[ftr\-–/"“”]/u, 0.49],
  [/[mwMWÆŒ—@%&]/u, 1.05],
  [/[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}]/u, 0.8],
  [/\p{Lu}/u, 0.82],
  [/[\p{Script=Cyrillic}\p{Script=Greek}]/u, 0.7],
];

/** Estimates a text's width in ems by the widest common bold serif (DejaVu Serif), so that the estimate is rarely too low. */
function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += WIDTHS.find(([signs]) => signs.test(sign))?.[1] ?? 0.67;
  return width;
}
