import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { World } from "@/tests/faults/world/world.ts";
import { memoryOf } from "./memory.ts";

const EVERY_MS = 1_000;
const MOST_MB = 700;
/** Shorter runs are over before a process is warm, so only the most memory is looked at. */
const LEAST_MS = 300_000;

/** Something that is measured each second. `growth`: how much more its last quarter may have than its second one. */
type Gauge = { name: string; growth: number; look(): number };

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** The sizes of all files of a folder together, in megabytes. */
function megabytesIn(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((one) => one.isFile());
  return files.reduce((sum, { parentPath, name }) => {
    const size = statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0;
    return sum + size / 2 ** 20;
  }, 0);
}

function gaugesOf({ services, data }: World): Gauge[] {
  return [
    ...services.names().flatMap((name): Gauge[] => [
      { name: `memory of ${name} (MB)`, growth: 40, look: () => memoryOf(services.pid(name)) },
      { name: `open files of ${name}`, growth: 20, look: () => readdirSync(`/proc/${services.pid(name)}/fd`).length },
    ]),
    { name: "files of the embedded suite (MB)", growth: 30, look: () => megabytesIn(data) },
  ];
}

/** Looks at what processes and files take. A breach where it is much memory, or where anything goes on growing once all is warm. */
export function startResourceWatch(world: World) {
  const { measure, breach, now, calls } = world;
  const from = now();
  const gauges = gaugesOf(world).map((gauge) => ({ ...gauge, values: [] as number[] }));
  const answered: number[] = [];
  const look = () => {
    for (const { values, look } of gauges) values.push(look());
    answered.push(calls.counts().ok);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    latest: () => gauges.map(({ name, values }) => `${name} ${Math.round(values.at(-1)!)}`).join(", "),
    stop(): void {
      clearInterval(timer);
      for (const { name, growth, values } of gauges) {
        const quarter = (at: number) =>
          Math.round(median(values.slice(values.length * at / 4, values.length * (at + 1) / 4)));
        const [second, last, most] = [quarter(1), quarter(3), Math.round(Math.max(...values))];
        measure(
          `${name}: first, second and last quarter's median, most`,
          [Math.round(values[0]!), second, last, most].join(", "),
        );
        if (name.startsWith("memory") && most > MOST_MB) breach("I14", `${name}: more than ${MOST_MB}`, String(most));
        if (now() - from > LEAST_MS && last - second > growth) {
          breach("I14", `${name}: it goes on growing`, `${second}, then ${last}`);
        }
      }
      const yes = (at: number) => answered[Math.floor((answered.length - 1) * at / 4)]!;
      measure("yes in each quarter", [1, 2, 3, 4].map((at) => yes(at) - yes(at - 1)).join(", "));
    },
  };
}
