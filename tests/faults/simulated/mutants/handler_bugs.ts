import type { Sink } from "@/application/messaging/consuming/sink.ts";
import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";

/** A reader whose commands, and one whose events, no handler gets through. */
export const BUG = { commands: "bug-in-commands", events: "bug-in-events" } as const;
export type Bugs = { fixed: boolean };

/** A sink with a handler that throws for one reader, when its effects are written and before they are stored. */
export const failing = (sink: Sink<DeadLetterStores>, bugs: Bugs): Sink<DeadLetterStores> => ({
  ...sink,
  handle: (handling) =>
    sink.handle({
      ...handling,
      async after(stores) {
        if (!bugs.fixed && handling.received.some(({ message }) => meetsBug(message))) {
          throw new TypeError("a bug in the handler");
        }
        await handling.after(stores);
      },
    }),
});

const decoder = new TextDecoder();
const COMMANDS = ALL_TOPICS.filter((topic) => topic.endsWith(".commands"));

/** Whether the message is one that the bug is about. */
export const meetsBug = ({ topic, key }: { topic: string; key: Uint8Array | null }): boolean =>
  key !== null && decoder.decode(key) === (COMMANDS.includes(topic) ? BUG.commands : BUG.events);
