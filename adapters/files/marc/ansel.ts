/** The letters and marks of MARC-8's Latin set (ANSEL, ANSI/NISO Z39.47), by the Library of Congress' code table. */
const LETTERS: Record<number, string> = {
  0xa1: "Ł",
  0xa2: "Ø",
  0xa3: "Đ",
  0xa4: "Þ",
  0xa5: "Æ",
  0xa6: "Œ",
  0xa7: "ʹ",
  0xa8: "·",
  0xa9: "♭",
  0xaa: "®",
  0xab: "±",
  0xac: "Ơ",
  0xad: "Ư",
  0xae: "ʼ",
  0xb0: "ʻ",
  0xb1: "ł",
  0xb2: "ø",
  0xb3: "đ",
  0xb4: "þ",
  0xb5: "æ",
  0xb6: "œ",
  0xb7: "ʺ",
  0xb8: "ı",
  0xb9: "£",
  0xba: "ð",
  0xbc: "ơ",
  0xbd: "ư",
  0xc0: "°",
  0xc1: "ℓ",
  0xc2: "℗",
  0xc3: "©",
  0xc4: "♯",
  0xc5: "¿",
  0xc6: "¡",
  0xc7: "ß",
  0xc8: "€",
};
const MARKS: Record<number, string> = {
  0xe0: "\u0309",
  0xe1: "\u0300",
  0xe2: "\u0301",
  0xe3: "\u0302",
  0xe4: "\u0303",
  0xe5: "\u0304",
  0xe6: "\u0306",
  0xe7: "\u0307",
  0xe8: "\u0308",
  0xe9: "\u030c",
  0xea: "\u030a",
  0xeb: "\ufe20",
  0xec: "\ufe21",
  0xed: "\u0315",
  0xee: "\u030b",
  0xef: "\u0310",
  0xf0: "\u0327",
  0xf1: "\u0328",
  0xf2: "\u0323",
  0xf3: "\u0324",
  0xf4: "\u0325",
  0xf5: "\u0333",
  0xf6: "\u0332",
  0xf7: "\u0326",
  0xf8: "\u031c",
  0xf9: "\u032e",
  0xfe: "\u0313",
};

/** Text in the Latin part of MARC-8, where a mark stands before its letter. */
export function ansel(bytes: Uint8Array): string {
  let text = "";
  let marks = "";
  for (const byte of bytes) {
    const mark = MARKS[byte];
    if (mark !== undefined) {
      marks += mark;
      continue;
    }
    text += (byte < 0x80 ? String.fromCharCode(byte) : LETTERS[byte] ?? String.fromCodePoint(0x10fe00 + byte)) + marks;
    marks = "";
  }
  return text.normalize("NFC");
}

/** Halves of ligatures in romanized Cyrillic. With their letter they make no character of its own. */
const HALVES = [0xeb, 0xec];

/**
 * Whether bytes are rather MARC-8 than Latin-1, in which they are letters: most marks make a character with the letter behind them. One
 * mark that stands alone, or a damaged byte, does not decide.
 */
export function isAnsel(bytes: Uint8Array): boolean {
  let [fit, unfit] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const mark = MARKS[byte];
    if (mark === undefined) {
      if (byte >= 0xa0 && LETTERS[byte] === undefined) unfit++;
      continue;
    }
    const next = bytes[at + 1] ?? 0;
    if (next >= 0x80) continue;
    const letter = String.fromCharCode(next);
    if (!/[a-z]/i.test(letter)) unfit++;
    else if (!HALVES.includes(byte)) (letter + mark).normalize("NFC").length === 1 ? fit++ : unfit++;
  }
  return fit >= unfit;
}
