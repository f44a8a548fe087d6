import type { Interaction } from "@/domain/recommendation/interaction.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { type Event, lasting } from "../events.ts";

export const interactionName = ({ reader, book, kind }: Interaction): string => `${reader} ${book} ${kind}`;

const TAKES_BACK: Interaction["kind"][] = ["dismissed", "cleared", "unshelved", "unrated"];

/** The latest row of each reader, book and kind of act, none of erased readers; of uncounted ones what they took back or dismissed. */
export function interactionsOf(events: Event[]): Interaction[] {
  const rows = new Map<string, Interaction>();
  for (const { envelope: { type, data }, time } of lasting(events)) {
    const kind = kindOf(type, data);
    if (kind === undefined || data.reader === undefined) continue;
    if (data.counts === false && !TAKES_BACK.includes(kind)) continue;
    const row = { reader: String(data.reader), book: String(data.book), kind, stars: Number(data.rating ?? 0), time };
    if (time > (rows.get(interactionName(row))?.time ?? -Infinity)) rows.set(interactionName(row), row);
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
    case ACTIVITY.bookCleared:
      return data.what === "shelf" ? "unshelved" : data.what === "rating" ? "unrated" : "cleared";
    default:
      return undefined;
  }
}
