import { countOf } from "@/application/shared/text/count_of.ts";

const [WIDTH, HEIGHT, EDGE] = [96, 24, 2];

/** A sparkline of counts per equal time step, the oldest first. It is empty when all are 0. */
export const Spark = ({ history }: { history: number[] }) => {
  const most = Math.max(0, ...history);
  if (history.length < 2 || most === 0) return null;
  const x = (at: number) => +((at * WIDTH) / (history.length - 1)).toFixed(1);
  const y = (count: number) => +(HEIGHT - EDGE - (count * (HEIGHT - 2 * EDGE)) / most).toFixed(1);
  const line = history.map((count, at) => `${at === 0 ? "M" : "L"}${x(at)} ${y(count)}`).join("");
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={courseText(history)}>
      <path class="under" d={`${line}V${HEIGHT}H0z`} />
      <path class="line" d={line} />
    </svg>
  );
};

/** Describes a sparkline in words: the sum, and whether the newer half has more of it. */
export function courseText(history: number[]): string {
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const half = Math.floor(history.length / 2);
  const [before, after] = [sum(history.slice(0, half)), sum(history.slice(half))];
  const turn = after > before
    ? "more of them lately"
    : after < before
    ? "fewer of them lately"
    : "as many lately as before";
  return `${countOf(before + after, "act")}, ${turn}`;
}

/** How a rank has moved, as an arrow and in words. */
export const Change = ({ change }: { change: number | null }) => {
  if (change === null) return <span class="change new">new</span>;
  if (change === 0) return null;
  return (
    <span class={change > 0 ? "change up" : "change down"}>
      <span aria-hidden="true">{change > 0 ? "▲" : "▼"} {Math.abs(change)}</span>
      <span class="hidden">{change > 0 ? "up" : "down"} {countOf(Math.abs(change), "place")}</span>
    </span>
  );
};
