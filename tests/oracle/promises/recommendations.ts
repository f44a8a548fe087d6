import type { Interaction } from "@/domain/recommendation/interaction.ts";
import { SHOP_LISTS } from "@/domain/recommendation/arrivals.ts";
import { DEFAULT_ENGINE } from "@/domain/recommendation/neighbours.ts";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import type { NeighbourList } from "@/application/recommendation/ports.ts";
import type { Evidence, RecommendationState } from "../evidence.ts";
import { shownOf } from "../model/books.ts";
import { interactionName, interactionsOf } from "../model/interactions.ts";
import { differences, type Violation } from "../violation.ts";

type Known = { had: Pick<Evidence["had"], "recommendation">; state: { recommendation: RecommendationState } };

/**
 * Promise 1, I3: one row per reader, book and kind of act with the latest time. I1: books as last told. I10: lists as an engine
 * makes them that sees all rows for the first time.
 */
export function checkRecommendations({ had, state }: Known): Violation[] {
  const { interactions, known, lists } = state.recommendation;
  const wanted = interactionsOf(had.recommendation);
  const says = ({ stars, time }: Interaction) => `${stars} stars at ${time}`;
  const rows = (all: Interaction[]) => new Map(all.map((row) => [interactionName(row), says(row)]));
  return [
    ...differences("I3", "interaction", rows(wanted), rows(interactions)),
    ...differences("I1", "known_book", shownOf(had.recommendation), known),
    ...differences("I10", "neighbour_list", listsOf(wanted), saidBy(lists)),
  ];
}

/** Lists that say something. */
const saidBy = (lists: NeighbourList[]): Map<string, string> =>
  new Map(
    lists.filter(({ readers }) => readers > 0).map(({ book, readers, neighbours }) => [
      book,
      `${readers} readers, ${neighbours.map(({ book, similarity }) => `${book} ${similarity}`).join(" ")}`,
    ]),
  );

function listsOf(rows: Interaction[]): Map<string, string> {
  const engine = new CoOccurrence(DEFAULT_ENGINE);
  for (const [reader, own] of Map.groupBy(rows, ({ reader }) => reader)) engine.set(reader, own);
  return saidBy([...SHOP_LISTS, ...new Set(rows.map(({ book }) => book))].map((book) => engine.list(book)));
}
