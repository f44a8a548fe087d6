import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { waitingCommands } from "@/tests/oracle/promises/answers.ts";
import { checkReplay, type Moment } from "@/tests/oracle/promises/replay.ts";
import type { Violation } from "@/tests/oracle/violation.ts";
import { PLANTED } from "@/tests/faults/simulated/actors/poison.ts";
import { liveVersions, settled } from "./quiet.ts";
import { dumpRecommendations } from "./recommendation_state.ts";
import { dumpTrends } from "./trend_state.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

/** Sends a stretch of every partition once more, which must change nothing. */
export async function replayLog(world: World): Promise<Violation[]> {
  const { random, history, log } = world;
  const before = await momentOf(world);
  const transactions = history.commits;
  const waiting = waitingCommands({ deadLetters: [], messages: [...history.log.values()].flat(), transactions });
  for (const messages of history.log.values()) {
    const from = random.below(messages.length);
    const stretch: Outgoing[] = messages.slice(from, from + 1 + random.below(messages.length - from));
    await log.append(stretch.filter(({ headers }) => headers[PLANTED] === undefined));
  }
  const left = await settled(world);
  return [...left, ...checkReplay(before, await momentOf(world), waiting)];
}

async function momentOf({ servers, history }: World): Promise<Moment> {
  const live = await liveVersions(servers);
  const { shelf, outbox } = servers.web.store;
  return {
    dump: JSON.stringify([
      await dumpTrends(servers.trend.store.at(live.trend)),
      await dumpRecommendations(servers.recommendation.store.at(live.recommendation)),
      await shelf.list({ facets: [], sort: "title", limit: 100 }),
      await outbox.size(),
    ]),
    said: history.commits.flatMap(({ said }) => said),
  };
}
