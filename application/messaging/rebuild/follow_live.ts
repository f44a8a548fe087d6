import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import { messageOf } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { Live } from "./ports.ts";

type FollowDeps<Running> = {
  /** Names the projection. */
  consumer: string;
  live: () => Promise<Live>;
  /** Starts what keeps a version. */
  start(version: number): Promise<Running>;
  clock: Clock;
  logger: Logger;
};
type Following<Running> = { current(): Running; stop(): Promise<void> };

const LOOK = 1_000;

/** Runs something for the version that readers see: after a switch the old one is stopped and one for the new version started. */
export async function followLive<Running extends { stop(): Promise<void> }>(
  { consumer, live, start, clock, logger }: FollowDeps<Running>,
): Promise<Following<Running>> {
  const stopping = new AbortController();
  let { version } = await live();
  let running = await start(version);
  let stopped = false;
  let held = false;

  async function look(): Promise<void> {
    const now = await live();
    if (now.version === version && !stopped) return;
    if (!stopped) await running.stop();
    stopped = true;
    running = await start(now.version);
    stopped = false;
    logger.info("version-followed", { consumer, from: version, to: now.version });
    version = now.version;
  }

  async function loop(): Promise<void> {
    for (;;) {
      await clock.sleep(LOOK, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await look();
        held = false;
      } catch (error) {
        if (!held) logger.warn("version-not-followed", { consumer, reason: messageOf(error) });
        held = true;
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

/** A consumer that is another one after a switch, as those see it who only watch it. */
export function followedConsumer(consumer: () => RunningConsumer): RunningConsumer {
  const { name, joined, stop } = consumer();
  return { name, joined, stop, state: () => consumer().state(), lag: () => consumer().lag() };
}
