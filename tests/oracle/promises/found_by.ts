import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Call } from "../calls.ts";
import { type Event, isAnswer } from "../events.ts";

/**
 * What came of a call: events that say that it happened, and events that answer a command on a topic. `certain`: events that no
 * other call can have made.
 */
export type Found = { outcomes: Event[]; answers: Event[]; certain: Event[] };

/**
 * Finds a call's events: an act's by its id, all others by the id of the command that caused them where the client knows it. Where
 * it does not, a book's by the title that only this call gave it, the rest by what they are about.
 */
export function foundBy(events: Event[]): (call: Call) => Found {
  const outcomes = events.filter(({ envelope }) => !isAnswer(envelope.type));
  const byId = Map.groupBy(outcomes, ({ envelope }) => envelope.id);
  const byCause = Map.groupBy(outcomes, ({ envelope }) => envelope.causationid ?? "");
  const byTitle = Map.groupBy(outcomes, ({ envelope: { data } }) => String(data.title));
  const ofType = (type: string) =>
    Map.groupBy(outcomes.filter(({ envelope }) => envelope.type === type), ({ key }) => key);
  const removals = ofType(CATALOG.bookRemoved);
  const erasures = ofType(ACTIVITY.readerErased);
  const answers = Map.groupBy(
    events.filter(({ envelope }) => isAnswer(envelope.type)),
    ({ envelope }) => (envelope.data as { command: { id: string } }).command.id,
  );

  function bySubject({ did }: Call): Event[] {
    switch (did.kind) {
      case "act":
        return [];
      case "add":
      case "change":
        return (byTitle.get(did.title) ?? []).filter(({ envelope }) => envelope.data.id === did.book);
      case "remove":
        return removals.get(did.book) ?? [];
      case "erase":
        return erasures.get(did.reader) ?? [];
    }
  }

  return (call) => {
    const { id, command, did } = call;
    const own = did.kind === "act" ? byId.get(id) ?? [] : [];
    if (command !== undefined) {
      const caused = byCause.get(command) ?? [];
      // A reader is erased once, by whichever of the calls.
      const shared = did.kind === "erase" && caused.length === 0 ? bySubject(call) : [];
      const answered = answers.get(command) ?? [];
      return {
        outcomes: [...new Set([...caused, ...own, ...shared])],
        answers: answered,
        certain: [...caused, ...answered],
      };
    }
    const outcomes = did.kind === "act" ? own : bySubject(call);
    // A removal or an erasure may be another call's, which was about the same.
    const certain = did.kind === "remove" || did.kind === "erase" ? [] : outcomes;
    return { outcomes, answers: [], certain };
  };
}
