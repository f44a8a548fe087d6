import type { World } from "../world.ts";
import { memoryOf } from "./limits.ts";

const EVERY_MS = 1_000;
const MOST_MB = 700;
/** Shorter runs are over before a process is warm, so only the most is looked at. */
const LEAST_MS = 300_000;
const MOST_GROWTH_MB = 40;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Looks at the memory of every process each second. A breach where one takes much, or goes on growing once it is warm. */
export function startMemoryWatch({ services, measure, breach, now }: World) {
  const from = now();
  const taken = new Map<string, number[]>(services.names().map((name) => [name, []]));
  const look = () => {
    for (const [name, values] of taken) values.push(memoryOf(services.pid(name)));
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    latest: () => [...taken].map(([name, values]) => `${name} ${Math.round(values.at(-1)!)} MB`).join(", "),
    stop(): void {
      clearInterval(timer);
      for (const [name, values] of taken) {
        const quarter = (at: number) =>
          Math.round(median(values.slice(values.length * at / 4, values.length * (at + 1) / 4)));
        const [second, last, most] = [quarter(1), quarter(3), Math.round(Math.max(...values))];
        measure(
          `memory of ${name} (MB; at first, second and last quarter's median, most)`,
          [
            Math.round(values[0]!),
            second,
            last,
            most,
          ].join(", "),
        );
        if (most > MOST_MB) breach("I14", `${name} took more than ${MOST_MB} MB`, `${most} MB`);
        if (now() - from > LEAST_MS && last - second > MOST_GROWTH_MB) {
          breach("I14", `the memory of ${name} goes on growing`, `${second} MB, then ${last} MB`);
        }
      }
    },
  };
}
