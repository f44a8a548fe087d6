import { ACTIVITY } from "@/application/activity/messages.ts";
import { CoOccurrence } from "@/application/recommendation/co_occurrence.ts";
import { DEFAULT_ENGINE } from "@/domain/recommendation/neighbours.ts";
import type { RecommendationVersion } from "@/application/recommendation/ports.ts";
import { BUG } from "../handler_bugs.ts";
import { BOOKS, READERS } from "../workload.ts";
import type { Facts, Violation } from "./facts.ts";
import { lasting, takenBy, type Told, toldBy } from "./model.ts";

const EVERYBODY = [...READERS, BUG.commands, BUG.events];

/** I3 and I10 at the recommendations: a row per reader, book and act, and lists as a fresh engine makes them. */
export async function checkRecommendations(facts: Facts): Promise<Violation[]> {
  const store = facts.world.servers.recommendation.store.at(facts.live.recommendation);
  const found: Violation[] = [];
  const { rows, lists } = await dumpRecommendations(store);
  const wanted = JSON.stringify(modelOf(lasting(takenBy("recommendation", facts).map(toldBy))));
  if (JSON.stringify(rows) !== wanted) {
    found.push({ invariant: "I3", detail: `the rows are ${JSON.stringify(rows)}, the events say ${wanted}` });
  }
  const fresh = new CoOccurrence(DEFAULT_ENGINE);
  for (const reader of EVERYBODY) fresh.set(reader, await store.readers.interactions([reader]));
  const rebuilt = BOOKS.map((book) => fresh.list(book));
  if (JSON.stringify(lists) !== JSON.stringify(rebuilt)) {
    found.push({
      invariant: "I10",
      detail: `the lists are ${JSON.stringify(lists)}, rebuilt ${JSON.stringify(rebuilt)}`,
    });
  }
  return found;
}

export async function dumpRecommendations({ readers, books }: RecommendationVersion) {
  const rows = (await Promise.all(EVERYBODY.map((reader) => readers.interactions([reader])))).flat()
    .map(({ reader, book, kind, stars, time }) => [reader, book, kind, stars, time].join(" ")).sort();
  const stored = new Map((await books.neighbours(BOOKS)).map((list) => [list.book, list]));
  return { rows, lists: BOOKS.map((book) => stored.get(book) ?? { book, readers: 0, neighbours: [] }) };
}

/** The latest row of each reader, book and kind of act. */
function modelOf(events: Told[]): string[] {
  const rows = new Map<string, { text: string; time: number }>();
  for (const { type, time, data } of events) {
    const kind = {
      [ACTIVITY.bookViewed]: "viewed",
      [ACTIVITY.bookShelved]: data.shelf,
      [ACTIVITY.bookRated]: "rated",
      [ACTIVITY.bookDismissed]: "dismissed",
    }[type];
    if (kind === undefined || data.reader === undefined) continue;
    const name = [data.reader, data.book, kind].join(" ");
    if (time <= (rows.get(name)?.time ?? -Infinity)) continue;
    rows.set(name, { text: `${name} ${data.rating ?? 0} ${time}`, time });
  }
  return [...rows.values()].map(({ text }) => text).sort();
}
