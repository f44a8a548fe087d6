import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Live } from "./ports.ts";

type FollowDeps<Running> = {
  /** The projection's name. */
  consumer: string;
  live: () => Promise<Live>;
  /** Starts the consumer and the background work of a version. */
  start(version: number): Promise<Running>;
  clock: Clock;
  logger: Logger;
};
type Following<Running> = { current(): Running; stop(): Promise<void> };

const POLL_MS = 1_000;

/** Runs something for the live version. After a switch it is stopped and started for the new version. */
export async function followLive<Running extends { stop(): Promise<void> }>(
  { consumer, live, start, clock, logger }: FollowDeps<Running>,
): Promise<Following<Running>> {
  const stopping = new AbortController();
  let { version } = await live();
  let running = await start(version);
  let stopped = false;
  let failing = false;

  async function follow(): Promise<void> {
    const { version: latest } = await live();
    if (latest === version && !stopped) return;
    if (!stopped) await running.stop();
    stopped = true;
    running = await start(latest);
    stopped = false;
    logger.info("version-followed", { consumer, from: version, to: latest });
    version = latest;
  }

  async function loop(): Promise<void> {
    for (;;) {
      await clock.sleep(POLL_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await follow();
        failing = false;
      } catch (error) {
        if (!failing) logger.warn("version-not-followed", { consumer, reason: messageOf(error) });
        failing = true;
      }
    }
  }

  const done = loop();
  return {
    current: () => running,
    async stop() {
      stopping.abort();
      await done;
      if (!stopped) await running.stop();
    },
  };
}

/**
 * Returns a view of the live version's consumer, which changes with a switch. `joined`: resolves when any version's consumer has
 * joined its group. `stop`: stops whichever is live.
 */
export const followedConsumer = (
  consumer: () => RunningConsumer,
  whole: Pick<RunningConsumer, "joined" | "stop">,
): RunningConsumer => ({
  ...whole,
  name: consumer().name,
  state: () => consumer().state(),
  lag: () => consumer().lag(),
});
