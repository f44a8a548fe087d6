import fc from "fast-check";

/** Characters and lone surrogates that stores, pages or people mistake for others. */
const ODD = [
  "\0",
  "\t",
  "\n",
  "\r\n",
  "\u0085",
  "\u2028",
  "\x7f",
  " ",
  "\u00a0",
  "\ufeff",
  "\u200b",
  "\u200d",
  "\u00ad",
  "\u3164",
  "\u2800",
  "\u0301",
  "\u202e",
  "\u2066",
  "\ud800",
  "\udc00",
  "\uffff",
  "\u{10ffff}",
  "🙂",
  "𝔘",
  "é",
  "e\u0301",
  "ﷺ",
  "雪",
  "%",
  "'",
  "\\",
];
const plain = fc.constantFrom("a", "B", "1", "z");

/** Text in which every third character or so is an odd one. */
export const oddText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: fc.constantFrom(...ODD) }), {
    maxLength,
  }).map((parts) => parts.join(""));

/** Mostly valid text, so that a value of many texts is often valid as a whole. */
export const someText = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(plain, { minLength: 1, maxLength }).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: oddText(maxLength) },
  );
