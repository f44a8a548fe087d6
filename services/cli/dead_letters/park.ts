import { partitionName } from "@/application/messaging/wire/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import {
  type ParkResult,
  parkUnreadable,
  type Unreadable,
} from "@/application/messaging/dead_letters/park_unreadable.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { adaptersOf, inEach, logger, type StoreOptions } from "@/services/cli/service_stores.ts";

export type ParkOptions = StoreOptions & { to?: string; dryRun?: true; json?: true };

/** Parks an unreadable message for every consumer that is stuck at it. Ends with status 1 when none is. */
export async function park(place: string, options: ParkOptions): Promise<void> {
  const unreadable = parsePlace(place, options.to);
  const log = await adaptersOf(options).answeringLog();
  let parked = 0;
  const report = (found: ParkResult) => {
    const { consumer, version, came, detail } = found;
    if (came === "parked" || came === "would-be") parked++;
    if (options.json) console.log(JSON.stringify(found));
    else console.log(`${consumer}, version ${version}: ${TEXTS[came]} (${detail})`);
  };
  try {
    const { topic, partition, to } = unreadable;
    if (to !== undefined && !(await log.has([{ topic, partition, next: to }]))[0]) {
      throw new StartFault(
        `--to: wanted a position that the log has in ${partitionName({ topic, partition })}, found ${to}`,
      );
    }
    const dryRun = options.dryRun === true;
    await inEach(options, async (_service, { sinks }) => {
      for await (const one of parkUnreadable({ sinks, log, clock, logger }, { ...unreadable, dryRun })) report(one);
    });
  } finally {
    await log.close();
  }
  if (parked > 0) return;
  console.error(`no consumer is stuck at ${place}`);
  Deno.exitCode = 1;
}

const TEXTS: Record<ParkResult["came"], string> = {
  parked: "parked, it goes on within 15 seconds",
  "would-be": "would be parked",
  elsewhere: "left as it is",
  moved: "has moved on",
};

function parsePlace(place: string, to: string | undefined): Unreadable {
  const [, topic, partition, position] = /^([\w.-]+)\/(\d{1,9})@(\d{1,19})$/.exec(place) ?? [];
  if (topic === undefined || position === undefined) {
    throw new StartFault(`wanted a place like bookstream.activity.events/3@120, found ${place}`);
  }
  const unreadable = { topic, partition: Number(partition), position };
  if (to === undefined) return unreadable;
  if (!/^\d{1,19}$/.test(to) || BigInt(to) <= BigInt(position)) {
    throw new StartFault(`--to: wanted a position after ${position}, found ${to}`);
  }
  return { ...unreadable, to };
}
