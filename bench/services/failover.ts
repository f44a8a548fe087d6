/** How long it takes until another member has what one was reading, when that one is killed and when it stops. */
import type { Started } from "@/tests/support/processes/launch.ts";
import { ready } from "@/tests/support/processes/processes.ts";
import { acts } from "@/bench/acts.ts";
import { type Report, until } from "@/bench/report.ts";
import { consumerOf } from "./handled.ts";
import { post } from "./post.ts";
import type { Shop } from "./processes.ts";

/** By readers enough to reach every partition. */
const EVENTS = 600;
/** None of the acts that came before. */
const FROM = { SIGKILL: 200_000, SIGTERM: 300_000 };

export async function measureFailover({ env, running, urlOf }: Shop, report: Report): Promise<void> {
  const killed = await takeOver(urlOf("web"), running.get("trend")!, env, "SIGKILL");
  running.set("trend", killed.other);
  const stopped = await takeOver(urlOf("web"), killed.other, env, "SIGTERM");
  running.set("trend", stopped.other);
  report.keep("killed", killed.took / 1_000, "s");
  report.keep("stopped", stopped.took / 1_000, "s");
  report.say(
    `another trend consumer has taken over and handled all events: ${
      seconds(killed.took)
    } after a kill -9 (the session is 10 s), ${seconds(stopped.took)} after a graceful stop`,
  );
}

async function takeOver(web: string, one: Started, env: Record<string, string>, signal: keyof typeof FROM) {
  const other = await ready("trend", env);
  const both = () => Promise.all([one, other].map((member) => consumerOf(member.url())));
  await until(async () => (await both()).every(({ partitions }) => partitions > 0), 200);
  const before = await consumerOf(other.url());
  const from = performance.now();
  one.signal(signal);
  await post(web, acts(EVENTS, FROM[signal]));
  await until(async () => {
    const { handled, partitions, lag } = await consumerOf(other.url());
    return partitions > before.partitions && handled > before.handled && lag === 0;
  }, 50);
  const took = performance.now() - from;
  await one.ended();
  return { other, took };
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
