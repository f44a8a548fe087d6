import type { Violation } from "./checks/facts.ts";
import { placeOf, type StoreName } from "./history.ts";
import { CONSUMER_NAMES, CONSUMERS } from "./processes.ts";
import type { World } from "./world.ts";

const LONGEST = 5 * 60_000;

/** Ends all faults and lets the world run until nothing is left to do. Says what is, when that takes too long. */
export async function settled(world: World): Promise<Violation[]> {
  const { scheduler, faults, servers, broker, lives } = world;
  faults.end();
  broker.down = false;
  for (const server of Object.values(servers)) server.down = false;
  for (const life of lives.values()) {
    life.paused = false;
    life.skew = 0;
  }
  const end = scheduler.now() + LONGEST;
  let left: string[] = [];
  // Twice in a row: one answer after the other is no view of one moment.
  for (let clean = 0; clean < 2; clean = left.length === 0 ? clean + 1 : 0) {
    if (scheduler.now() > end) break;
    await scheduler.run(() => false, 700);
    left = await asked(world, leftOver(world));
  }
  return left.map((detail) => ({ invariant: detail.includes("outbox") ? "I11" : "I12", detail }));
}

/** An answer from a store, whose transactions go on meanwhile. */
async function asked<Value>({ scheduler }: World, question: Promise<Value>): Promise<Value> {
  let answered = false;
  question.finally(() => void (answered = true)).catch(() => {});
  if (!await scheduler.run(() => answered, LONGEST)) throw new Error("a store does not answer once all is quiet");
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

async function leftOver({ servers, history, rebuilders }: World): Promise<string[]> {
  const left = [...rebuilders.keys()].map((name) => `${name} is not done`);
  const rows = await servers.web.store.outbox.size();
  if (rows > 0) left.push(`the outbox has ${rows} rows`);
  const live = await liveVersions(servers);
  const marks = await servers.recommendation.store.at(live.recommendation).marks.oldest(1);
  if (marks.length > 0) left.push(`the engine has marks left`);
  const next = new Map<string, number>();
  for (const { moves, store, version } of history.commits) {
    if (version !== live[store]) continue;
    for (const one of moves) next.set(one.consumer + placeOf(one), Number(one.next));
  }
  for (const consumer of CONSUMER_NAMES) {
    for (const [place, messages] of history.log) {
      if (!(CONSUMERS[consumer].topics as string[]).includes(place.split("/")[0]!)) continue;
      const at = next.get(consumer + place) ?? 0;
      if (at < messages.length) left.push(`${consumer} is at ${at} of ${messages.length} in ${place}`);
    }
  }
  return left;
}
