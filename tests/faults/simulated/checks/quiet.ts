import type { StoreName } from "@/tests/oracle/consumers.ts";
import { placeOf } from "@/tests/oracle/messages.ts";
import { checkArrival, leftOver } from "@/tests/oracle/promises/arrival.ts";
import type { Violation } from "@/tests/oracle/violation.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

const LONGEST_MS = 5 * 60_000;

/** Ends all faults and lets the world run until nothing is left to do. Says what is, when that takes too long. */
export async function settled(world: World): Promise<Violation[]> {
  const { scheduler, faults, servers, broker, lives } = world;
  faults.end();
  broker.down = false;
  for (const server of Object.values(servers)) server.down = false;
  for (const life of lives.values()) {
    life.paused = false;
    life.skewMs = 0;
  }
  const end = scheduler.now() + LONGEST_MS;
  let left: string[] = [];
  // Twice in a row: one answer after the other is no view of one moment.
  for (let clean = 0; clean < 2; clean = left.length === 0 ? clean + 1 : 0) {
    if (scheduler.now() > end) break;
    await scheduler.run(() => false, 700);
    left = await asked(world, unfinished(world));
  }
  return checkArrival(left, `${LONGEST_MS / 60_000} minutes`);
}

/** An answer from a store, whose transactions go on meanwhile. */
export async function asked<Value>({ scheduler }: World, question: Promise<Value>): Promise<Value> {
  let answered = false;
  question.finally(() => void (answered = true)).catch(() => {});
  if (!await scheduler.run(() => answered, LONGEST_MS)) throw new Error("a store does not answer once all is quiet");
  return await question;
}

/** The versions that readers see. */
export const liveVersions = async (
  { trend, recommendation }: World["servers"],
): Promise<Record<StoreName, number>> => ({
  web: 1,
  trend: (await trend.store.live()).version,
  recommendation: (await recommendation.store.live()).version,
});

/** What is still on its way: rows of the outbox, partitions that are not read to their ends, marks of the engine. */
async function unfinished({ servers, history, rebuilders }: World): Promise<string[]> {
  const live = await liveVersions(servers);
  const moves = history.commits.filter(({ version, store }) => version === live[store]).flatMap(({ moves }) => moves);
  return leftOver({
    outbox: await servers.web.store.outbox.size(),
    ends: new Map([...history.log].map(([place, messages]) => [place, String(messages.length)])),
    positions: new Map(moves.map((one) => [`${one.consumer} ${placeOf(one)}`, one.next])),
    marks: (await servers.recommendation.store.at(live.recommendation).marks.oldest(1)).length,
    rebuilds: [...rebuilders.keys()],
  });
}
