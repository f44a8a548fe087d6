/** What processes have used of the processor. */
import type { Started } from "@/tests/support/processes/launch.ts";
import type { Service } from "@/tests/support/processes/processes.ts";
import { secondsOf } from "@/bench/process_seconds.ts";
import { type Report, until } from "@/bench/report.ts";

type Running = Map<Service, Started>;

const AT_REST_SECONDS = 3;
/** Of one core. */
const AT_REST_PERCENT = 10;
const TIDYING_MS = 20_000;
const IDLE_SECONDS = 30;

/** Waits until nothing is left of what was done before: neighbour lists follow for a while. */
export const waitForRest = (running: Running): Promise<void> =>
  until(async () => (await percentUsed(running, AT_REST_SECONDS)).every((percent) => percent < AT_REST_PERCENT));

/** The processor time of idle processes, once their runtime has tidied up after the load. */
export async function measureIdle({ running }: { running: Running }, report: Report): Promise<void> {
  await waitForRest(running);
  await new Promise((resolve) => setTimeout(resolve, TIDYING_MS));
  const percents = await percentUsed(running, IDLE_SECONDS);
  const each = [...running.keys()].map((name, at) => {
    report.keep(name, percents[at]!, "%");
    return `${name} ${percents[at]!.toFixed(1)} %`;
  });
  report.say(`idle, of one core: ${each.join(", ")}`);
}

/** The processor time of each process over so many seconds, in per cent of one core. */
async function percentUsed(running: Running, seconds: number): Promise<number[]> {
  const before = await secondsUsed(running);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return (await secondsUsed(running)).map((after, at) => 100 * (after - before[at]!) / seconds);
}

/** The processor time of each process since it started. */
export const secondsUsed = (running: Running): Promise<number[]> =>
  Promise.all([...running.values()].map(({ pid }) => secondsOf(pid)));
