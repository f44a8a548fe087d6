import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Act } from "@/tests/oracle/calls.ts";
import type { Calls, TriedCall } from "./calls.ts";
import type { Random } from "@/application/shared/random.ts";

type ProducerDeps = {
  dice: Random;
  calls: Calls;
  append(messages: Outgoing[]): Promise<void>;
  draw(): Act;
  books: string[];
};

/** Commands as another system produces them, some of them twice. Nobody waits for it while the log is away. */
export async function produce({ dice, calls, append, draw, books }: ProducerDeps): Promise<void> {
  const sent = Array.from(
    { length: dice.int(2, 15) },
    () =>
      dice.chance(0.9)
        ? calls.begin("topic", { kind: "act", act: draw() })
        : calls.begin("topic", changeOf(dice.pick(books), calls.all().length)),
  );
  const twice = sent.filter(() => dice.chance(0.3));
  try {
    await append([...sent, ...twice].map(commandOf));
    calls.end(sent, "ok");
  } catch {
    calls.end(sent, "unknown");
  }
}

const changeOf = (book: string, turn: number) =>
  ({ kind: "change", book, title: `Book ${book} as of ${turn}` }) as const;

/** A call as a message on its topic of commands. */
export function commandOf({ id, did }: TriedCall): Outgoing {
  const base = { id, source: "/faults" };
  if (did.kind === "act") {
    const envelope = { ...base, type: ACTIVITY.recordAct, data: { ...did.act, id } };
    return { topic: TOPICS.activityCommands, ...encode(envelope, did.act.reader ?? id) };
  }
  if (did.kind !== "change") throw new Error(`no command on a topic for ${did.kind}`);
  const data = { id: did.book, title: did.title, authors: ["A. Writer"], subjects: ["fiction"] };
  return { topic: TOPICS.catalogCommands, ...encode({ ...base, type: CATALOG.changeBook, data }, did.book) };
}
