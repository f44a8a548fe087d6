import type { Outgoing } from "@/application/messaging/ports.ts";
import { PLANTED } from "../poison.ts";
import { settled } from "../quiet.ts";
import { type Facts, type Violation } from "./facts.ts";
import { takenBy, toldBy } from "./model.ts";
import { dumpRecommendations } from "./recommendations.ts";
import { dump, queriesOf } from "./trends.ts";

/** I9: a stretch of every partition that is sent once more changes nothing. */
export async function checkReplay(facts: Facts): Promise<Violation[]> {
  const { world, live } = facts;
  const { random, history, log, servers } = world;
  const queries = queriesOf(takenBy("trend", facts).map(toldBy));
  const all = async () =>
    JSON.stringify([
      await dump(servers.trend.store.at(live.trend), queries),
      await dumpRecommendations(servers.recommendation.store.at(live.recommendation)),
      await servers.web.store.shelf.list({ facets: [], sort: "title", limit: 100 }),
      await servers.web.store.outbox.size(),
    ]);
  const before = await all();
  const saidIds = () => new Set(history.commits.flatMap(({ said }) => said.map(({ headers }) => headers.ce_id)));
  const known = saidIds();
  for (const messages of history.log.values()) {
    const from = random.below(messages.length);
    const stretch: Outgoing[] = messages.slice(from, from + 1 + random.below(messages.length - from));
    await log.append(stretch.filter(({ headers }) => headers[PLANTED] === undefined));
  }
  const found = await settled(world);
  const after = await all();
  if (after !== before) found.push({ invariant: "I9", detail: `before the replay ${before}, after it ${after}` });
  const said = [...saidIds()].filter((id) => !known.has(id));
  if (said.length > 0) found.push({ invariant: "I9", detail: `a replay of commands said ${said}` });
  return found;
}
