import type { Interaction } from "@/domain/recommendation/interaction.ts";
import { DEFAULT_ENGINE } from "@/domain/recommendation/neighbours.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CoOccurrence } from "@/application/recommendation/co_occurrence.ts";
import type { NeighbourList } from "@/application/recommendation/ports.ts";
import type { Event } from "./events.ts";
import { shownOf } from "./trend.ts";
import { differences, type Violation } from "./violation.ts";

export type RecommendationState = { interactions: Interaction[]; known: Map<string, string>; lists: NeighbourList[] };

/** One row per reader, book and kind of act with the latest time, none of erased readers; books as last told; lists as all rows make them. */
export function checkRecommendation(events: Event[], { interactions, known, lists }: RecommendationState): Violation[] {
  const says = ({ stars, time }: Interaction) => `${stars} stars at ${time}`;
  const rows = (all: Interaction[]) => new Map(all.map((row) => [nameOf(row), says(row)]));
  return [
    ...differences("I3", "interaction", rows(rowsOf(events)), rows(interactions)),
    ...differences("I1", "known_book", shownOf(events), known),
    ...differences("I10", "neighbour_list", listsOf(rowsOf(events)), saidBy(lists)),
  ];
}

const nameOf = ({ reader, book, kind }: Interaction) => `${reader} ${book} ${kind}`;

/** Lists that say something. */
const saidBy = (lists: NeighbourList[]) =>
  new Map(
    lists.filter(({ readers }) => readers > 0).map(({ book, readers, neighbours }) => [
      book,
      `${readers} readers, ${neighbours.map(({ book, similarity }) => `${book} ${similarity}`).join(" ")}`,
    ]),
  );

/** The lists that an engine makes which sees all rows for the first time. */
function listsOf(rows: Interaction[]): Map<string, string> {
  const engine = new CoOccurrence(DEFAULT_ENGINE);
  for (const [reader, own] of Map.groupBy(rows, ({ reader }) => reader)) engine.set(reader, own);
  return saidBy([...new Set(rows.map(({ book }) => book))].map((book) => engine.list(book)));
}

function rowsOf(events: Event[]): Interaction[] {
  const rows = new Map<string, Interaction>();
  for (const { envelope: { type, data }, time } of events) {
    if (type === ACTIVITY.readerErased) {
      for (const [name, row] of rows) if (row.reader === data.reader) rows.delete(name);
    }
    const kind = kindOf(type, data);
    if (kind === undefined || data.reader === undefined) continue;
    const row = { reader: String(data.reader), book: String(data.book), kind, stars: Number(data.rating ?? 0), time };
    if (time > (rows.get(nameOf(row))?.time ?? -Infinity)) rows.set(nameOf(row), row);
  }
  return [...rows.values()];
}

function kindOf(type: string, data: Record<string, unknown>): Interaction["kind"] | undefined {
  switch (type) {
    case ACTIVITY.bookViewed:
      return "viewed";
    case ACTIVITY.bookShelved:
      return data.shelf as Interaction["kind"];
    case ACTIVITY.bookRated:
      return "rated";
    case ACTIVITY.bookDismissed:
      return "dismissed";
    default:
      return undefined;
  }
}
