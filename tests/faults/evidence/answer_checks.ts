import type { Strangers } from "@/tests/faults/strangers/start.ts";
import type { World } from "@/tests/faults/world/world.ts";

const MEDIAN_MOST_MS = 200;
const P99_MOST_MS = 1_000;

const percentile = (values: number[], part: number): number =>
  Math.round(
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Infinity,
  );

/** How long the visits so far took, in milliseconds. */
export function tookOf(visitor: Strangers) {
  const tookMs = visitor.tookMs();
  const [median, p99, most] = [0.5, 0.99, 1].map((part) => percentile(tookMs, part));
  return { median: median!, p99: p99!, seen: `${median}, ${p99}, ${most} of ${tookMs.length}` };
}

/** Measures how long searches took, and says it. */
export function measureAnswers(world: World, visitor: Strangers) {
  const took = tookOf(visitor);
  world.measure("a search beside it took (ms; p50, p99, most)", took.seen);
  world.measure("searches without an answer", visitor.count().refused);
  wantStatuses(world, "the search", visitor);
  return took;
}

/** A breach where a search took long, or was not answered. */
export function wantQuickAnswers(world: World, visitor: Strangers): void {
  const { median, p99, seen } = measureAnswers(world, visitor);
  if (median > MEDIAN_MOST_MS || p99 > P99_MOST_MS) world.breach("I14", "searches took too long", `${seen} (ms)`);
  const { refused } = visitor.count();
  if (refused > 0) world.breach("I14", "searches were not answered", String(refused));
}

/** A breach where an answer was a fault of ours other than "not now". */
export function wantStatuses({ measure, breach }: World, who: string, clients: Strangers): void {
  const { statuses, odd } = clients.count();
  const all = Object.entries(statuses).map(([status, count]) => `${count} times ${status}`).join(", ");
  measure(`answers to ${who}`, all + (odd === undefined ? "" : ` (such as: ${odd})`));
  if (Object.keys(statuses).some((status) => status.startsWith("5") && status !== "503")) {
    breach("I14", `${who} met with a fault of ours`, all);
  }
}

const FAULTS = ["request-failed", "answer-not-sent"];

/** A breach where a service logged a fault of its own, or anything that is no JSON. */
export function wantOrderlyLogs({ services, breach }: World): void {
  for (const name of services.everyone()) {
    for (const line of services.log(name).split("\n")) {
      if (line === "") continue;
      const event = eventOf(line);
      if (event === undefined) return breach("I14", `${name} logged what is no JSON`, line.slice(0, 300));
      if (FAULTS.includes(event) || /too many open files|EMFILE/i.test(line)) {
        return breach("I14", `${name} logged a fault of ours`, line.slice(0, 300));
      }
    }
  }
}

function eventOf(line: string): string | undefined {
  try {
    const { event } = JSON.parse(line);
    return typeof event === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}
