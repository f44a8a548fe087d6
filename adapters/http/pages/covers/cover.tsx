import { normalForm } from "@/domain/text.ts";
import { drawArt, FRAME, numbersOf } from "./cover_art.ts";
import { coverTitle, type FittedText, fitText, isRightToLeft } from "./cover_text.ts";

/** The number of palettes in the style sheet. */
const PALETTES = 12;
const [WIDTH, HEIGHT] = [160, 240];
const LEADING = 1.16;
const SIZES = [30, 26, 23, 20, 18, 16, 14, 12.5];
const AUTHOR_SIZES = [13, 11.5];

type Props = { title: string; authors: string[] };
/** The boxes of a cover's text. */
type Setting = { margin: number; top: number; height: number; centred: boolean };
const ABOVE: Setting = { margin: 14, top: 16, height: 106, centred: false };
const BELOW: Setting = { margin: 14, top: 98, height: 98, centred: false };
const FRAMED: Setting = { margin: 22, top: 34, height: 120, centred: true };

/**
 * A book's cover, drawn from its title and authors alone, so that it is always the same. It repeats the text beside it, so it is
 * hidden from screen readers.
 */
export const Cover = ({ title, authors }: Props) => {
  const number = numbersOf(`${normalForm(title)} ${normalForm(authors[0] ?? "")}`);
  const palette = number(PALETTES);
  const isFramed = number(6) === 0;
  const art = isFramed ? FRAME : drawArt(number);
  const turned = art.turns === true && number(2) === 0;
  const setting = isFramed ? FRAMED : turned ? BELOW : ABOVE;
  return (
    <svg class={`cover p${palette}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path class="quiet" d={art.quiet} transform={turned ? `matrix(1 0 0-1 0 ${HEIGHT})` : undefined} />
      <path class="loud" d={art.loud} transform={turned ? `matrix(1 0 0-1 0 ${HEIGHT})` : undefined} />
      <Letters title={title} authors={authors} {...setting} />
    </svg>
  );
};

const Letters = ({ title, authors, margin, top, height, centred }: Props & Setting) => {
  const width = WIDTH - 2 * margin;
  const name = fitText(coverTitle(title), { width, height, sizes: SIZES, leading: LEADING });
  const [first = "", second] = authors;
  const by = authors.length > 2 ? `${first} …` : second === undefined ? first : `${first}, ${second}`;
  const ends = top + name.lines.length * name.size * LEADING;
  return (
    <>
      <Lines {...name} top={top} kind="name" margin={margin} centred={centred} />
      {by === "" ? null : (
        <Lines
          {...fitText(by, { width, height: 30, sizes: AUTHOR_SIZES, leading: LEADING })}
          top={ends + 7}
          kind="of"
          margin={margin}
          centred={centred}
        />
      )}
    </>
  );
};

type LinesProps = FittedText & Pick<Setting, "margin" | "centred" | "top"> & { kind: string };

const Lines = ({ lines, size, top, kind, margin, centred }: LinesProps) => {
  const isRtl = isRightToLeft(lines[0] ?? "");
  const x = centred ? WIDTH / 2 : isRtl ? WIDTH - margin : margin;
  return (
    <text
      class={centred ? `${kind} mid` : kind}
      y={Math.round(top + size * 0.85)}
      font-size={size}
      direction={isRtl ? "rtl" : undefined}
    >
      {lines.map((line, at) => <tspan x={x} dy={at === 0 ? undefined : +(size * LEADING).toFixed(1)}>{line}</tspan>)}
    </text>
  );
};
