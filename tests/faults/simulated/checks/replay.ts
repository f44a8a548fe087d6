import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { PLANTED } from "../poison.ts";
import { settled } from "../quiet.ts";
import { type Facts, type Violation } from "./facts.ts";
import { forgottenCommands } from "./events.ts";
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
  const saidByNow = () => history.commits.flatMap(({ said }) => said.map(({ headers }) => headers));
  const earlier = saidByNow();
  const known = new Set(earlier.map(({ ce_id }) => ce_id));
  for (const messages of history.log.values()) {
    const from = random.below(messages.length);
    const stretch: Outgoing[] = messages.slice(from, from + 1 + random.below(messages.length - from));
    await log.append(stretch.filter(({ headers }) => headers[PLANTED] === undefined));
  }
  const found = await settled(world);
  const after = await all();
  if (after !== before) found.push({ invariant: "I9", detail: `before the replay ${before}, after it ${after}` });
  // A command that was forgotten with its reader was never answered; who sends it once more is told that the reader is gone.
  const answered = new Set(earlier.map(({ ce_causationid }) => ce_causationid ?? ""));
  const forgotten = new Set(forgottenCommands(facts)).difference(answered);
  const refused = ({ ce_type, ce_causationid = "" }: Record<string, string>) =>
    ce_type === ACTIVITY.commandRejected && forgotten.has(ce_causationid);
  const said = saidByNow().filter((headers) => !known.has(headers.ce_id) && !refused(headers));
  if (said.length > 0) {
    found.push({ invariant: "I9", detail: `a replay of commands said ${said.map(({ ce_id }) => ce_id)}` });
  }
  return found;
}
