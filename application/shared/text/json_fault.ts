/** Where a text stops being JSON: the offset, what would have to stand there, and what does. */
type JsonFault = { at: number; wanted: string; found: string };

// deno-lint-ignore no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})|/y;
const SIMPLE = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\r\n]*/y;
const WORD = /[\p{L}\p{N}_.+-]{1,20}|[^]/uy;

type State = "value" | "first value" | "name" | "first name" | "colon" | "after value";
type Bracket = "{" | "[";

/** Finds the first place at which a text is not JSON (RFC 8259). Undefined where there is none. Takes no stack for deep values. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: Bracket[] = [];
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const length = pattern.exec(text)?.[0].length ?? 0;
    at += length;
    return length > 0;
  };
  const takeString = (): boolean => {
    const end = text[at] === '"' ? charactersEnd(text, at + 1) : at;
    const isWhole = end > at && text[end] === '"';
    if (isWhole) at = end + 1;
    return isWhole;
  };
  const takeSign = (sign: string): boolean => {
    const isThere = text[at] === sign;
    if (isThere) at++;
    return isThere;
  };
  const begin = (bracket: Bracket): State => {
    open.push(bracket);
    return bracket === "{" ? "first name" : "first value";
  };
  const end = (): State => {
    open.pop();
    return "after value";
  };
  /** Reads what may stand there; undefined where something else does. */
  function step(state: State): State | undefined {
    const inside = open.at(-1);
    switch (state) {
      case "value":
      case "first value":
        if (takeSign("{")) return begin("{");
        if (takeSign("[")) return begin("[");
        if (state === "first value" && takeSign("]")) return end();
        return takeString() || take(SIMPLE) ? "after value" : undefined;
      case "name":
      case "first name":
        if (state === "first name" && takeSign("}")) return end();
        return takeString() ? "colon" : undefined;
      case "colon":
        return takeSign(":") ? "value" : undefined;
      case "after value":
        if (inside === undefined) return undefined;
        if (takeSign(",")) return inside === "{" ? "name" : "value";
        return takeSign(inside === "{" ? "}" : "]") ? end() : undefined;
    }
  }
  let state: State = "value";
  for (;;) {
    take(SPACE);
    if (at === text.length && state === "after value" && open.length === 0) return undefined;
    const next = step(state);
    if (next === undefined) return faultAt(text, at, wantedIn(state, open.at(-1)));
    state = next;
  }
}

function wantedIn(state: State, inside: Bracket | undefined): string {
  switch (state) {
    case "value":
      return "a value";
    case "first value":
      return "a value or ]";
    case "name":
      return "a name in quotes";
    case "first name":
      return "a name in quotes or }";
    case "colon":
      return "a colon";
    case "after value":
      return inside === undefined ? "the end" : inside === "{" ? "a comma or }" : "a comma or ]";
  }
}

/** Where the characters of a string end: at its quote or at a fault. A loop, as one pattern takes stack for each escape. */
function charactersEnd(text: string, start: number): number {
  let at = start;
  for (let before = -1; at > before;) {
    before = at;
    for (const pattern of [PLAIN, ESCAPE]) {
      pattern.lastIndex = at;
      at += pattern.exec(text)![0].length;
    }
  }
  return at;
}

/** A string where a value may stand is at fault where it stops being one. */
function faultAt(text: string, start: number, wanted: string): JsonFault {
  if (text[start] !== '"' || !/^a (?:value|name)/.test(wanted)) {
    return { at: start, wanted, found: signAt(text, start) };
  }
  const at = charactersEnd(text, start + 1);
  if (at === text.length) return { at, wanted: "a quote that ends the string", found: signAt(text, at) };
  return text[at] === "\\"
    ? { at, wanted: "an escape such as \\n or \\u00e9", found: JSON.stringify(text.slice(at, at + 2)) }
    : { at, wanted: "an escape such as \\n or \\t in the string", found: signAt(text, at) };
}

/** The word or the sign that stands there; a control character by its number. */
function signAt(text: string, at: number): string {
  if (at >= text.length) return "the end";
  WORD.lastIndex = at;
  const found = WORD.exec(text)![0];
  return found < " " ? `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}` : JSON.stringify(found);
}

/** A place in a text as people look it up in an editor; `line` and `column` are those of its first character. */
export function placeOf(text: string, at: number, { line = 1, column = 1 } = {}): { line: number; column: number } {
  const lines = text.slice(0, at).split("\n");
  const width = Array.from(lines.at(-1)!).length;
  return lines.length === 1 ? { line, column: column + width } : { line: line + lines.length - 1, column: width + 1 };
}

/** Whether the brackets of a JSON text are nested deeper than that: what walks such a value would run out of stack. */
export function isDeeper(text: string, most: number): boolean {
  let [depth, quoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign === "\\") at++;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "[" || sign === "{") {
      if (++depth > most) return true;
    } else if (sign === "]" || sign === "}") depth--;
  }
  return false;
}
