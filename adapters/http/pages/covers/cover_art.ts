/** The picture of a cover: paths in a muted (`quiet`) and a bright colour (`loud`) of its palette. `turns`: it may be turned over. */
type Art = { quiet: string; loud: string; turns?: true };

/** Pseudo-random whole numbers, seeded by a text: FNV-1a, mixed by the finalizer of MurmurHash3 at each step. */
export function numbersOf(text: string): (below: number) => number {
  let state = 0x811c9dc5;
  for (const sign of text) state = Math.imul(state ^ sign.codePointAt(0)!, 0x01000193) >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}

type Draw = (number: (below: number) => number) => Art;
const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const each = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

const sun: Draw = (number) => {
  const [x, r] = [36 + number(88), 24 + number(14)];
  const dip = 8 + number(14);
  return { loud: circle(x, 178, r), quiet: `M0 ${196 - dip}q40 ${-dip} 80 0t80 0v60H0z` };
};
const waves: Draw = (number) => {
  const [top, step] = [158 + number(10), 16];
  const wave = (y: number) => `M0 ${y}q20-12 40 0t40 0 40 0 40 0v8q-20 12-40 0t-40 0-40 0-40 0z`;
  const loud = number(4);
  const rows = each(5, (at) => wave(top + at * step));
  return { loud: rows[loud]!, quiet: rows.filter((_, at) => at !== loud).join(""), turns: true };
};
const rings: Draw = (number) => {
  const x = number(2) === 0 ? 0 : 160;
  // A ring is a circle with a hole, by the even-odd rule of the style sheet.
  const ring = (r: number) => circle(x, 240, r) + circle(x, 240, r - 9);
  const loud = number(4);
  const all = [92, 74, 56, 38].map(ring);
  return { turns: true, loud: all[loud]! + circle(x, 240, 16), quiet: all.filter((_, at) => at !== loud).join("") };
};
const tiles: Draw = (number) => {
  const art: Art = { quiet: "", loud: "", turns: true };
  for (const at of each(8, (one) => one)) {
    const [x, y] = [(at % 4) * 40, 160 + Math.floor(at / 4) * 40];
    const shapes = [
      `M${x} ${y}h40a40 40 0 0 1-40 40z`,
      `M${x + 40} ${y}v40a40 40 0 0 1-40-40z`,
      `M${x} ${y + 40}v-40a40 40 0 0 1 40 40z`,
      `M${x + 40} ${y + 40}h-40a40 40 0 0 1 40-40z`,
      circle(x + 20, y + 20, 13),
    ];
    art[number(3) === 0 ? "loud" : "quiet"] += shapes[number(shapes.length)]!;
  }
  return art;
};
const spines: Draw = (number) => {
  const art: Art = { quiet: "", loud: "" };
  for (let x = 14; x < 140;) {
    const width = Math.min(8 + number(12), 146 - x);
    art[number(4) === 0 ? "loud" : "quiet"] += `M${x} 222v${-(26 + number(38))}h${width}V222z`;
    x += width + 2;
  }
  return { ...art, loud: `${art.loud}M14 224h132v2H14z` };
};
const peaks: Draw = (number) => {
  const [a, b] = [24 + number(40), 92 + number(44)];
  const moon = circle(b > 112 ? 28 : 132, 168, 8);
  return {
    quiet: `M${a - 80} 240L${a} ${176 + number(10)}L${a + 80} 240z`,
    loud: `M${b - 64} 240L${b} ${196 + number(10)}L${b + 64} 240z${moon}`,
  };
};
const dots: Draw = (number) => {
  const at = number(15);
  const isLoud = (one: number) => one === at || one === (at + 4) % 15;
  const art: Art = { quiet: "", loud: "" };
  for (const one of each(15, (index) => index)) {
    const row = Math.floor(one / 5);
    art[isLoud(one) ? "loud" : "quiet"] += circle(24 + (one % 5) * 28, 172 + row * 23, 5 + row * 2);
  }
  return art;
};
/** A double frame with a diamond under the author, as on old bindings. */
export const FRAME: Art = {
  quiet: "M7 7h146v226H7zM10 10v220h140V10z",
  loud: "M12 12h136v216H12zM13.5 13.5v213h133v-213zM80 190l5 8-5 8-5-8z",
};
const DRAWINGS = [sun, waves, rings, tiles, spines, peaks, dots];

/** The picture in the lower part of a cover, 160 wide and 240 high. */
export const drawArt = (number: (below: number) => number): Art => DRAWINGS[number(DRAWINGS.length)]!(number);
