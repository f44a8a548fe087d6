import type { z } from "zod";
import type { IdGenerator, UnitOfWork } from "@/application/ports.ts";
import { createClassifyBySchema, type EventOf } from "@/application/messaging/consuming/projection_sink.ts";
import type { Received, Sink } from "@/application/messaging/consuming/sink.ts";
import type { Outbox } from "@/application/messaging/outbox/ports.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { eventOf } from "./command_events.ts";

/** A command of a policy. `key`: its message key. `subject`: what it is about. */
type Command = { type: string; key: string; subject: string; data: unknown };

type Schemas = Record<string, z.ZodType>;

/** A module's policies: the commands of its own that follow from each type of event. */
export type Policies<Known extends Schemas> = {
  [Type in keyof Known & string]: (event: EventOf<Type, z.output<Known[Type]>>) => Command[];
};

type PolicyDeps<Known extends Schemas, Stores> = {
  /** The module's name in the source of its commands. */
  module: string;
  /** The topic that the commands go to. */
  commands: string;
  /** The schemas of the events, by type. */
  events: Known;
  policies: Policies<Known>;
  uow: UnitOfWork<Stores>;
  ids: IdGenerator;
};

const MAX_MESSAGES = 200;

/**
 * Creates the sink of policies. Commands go to the outbox in the transaction that moves the position. A command's id derives from
 * its event's, so that the handler's inbox detects duplicates. Commands keep the order of their events, as the position is locked.
 */
export function createPolicySink<Known extends Schemas, Stores extends { outbox: Outbox }>(
  { module, commands, events, policies, uow, ids }: PolicyDeps<Known, Stores>,
): Sink<Stores> {
  const messagesOf = ({ envelope: event, time, data }: Received) => {
    // `classify` has checked the data by the schema of its type.
    const decide = policies[event.type] as (event: EventOf<string, unknown>) => Command[];
    return decide({ type: event.type, id: event.id, time, data }).map((command, at) => {
      const id = ids.of("policy", event.source, event.id, command.type, String(at));
      const { envelope, key } = eventOf({ ...command, id }, { cause: event, module, now: time, ids });
      return { topic: commands, ...encode(envelope, key) };
    });
  };
  return {
    types: Object.keys(events),
    maxMessages: MAX_MESSAGES,
    classify: createClassifyBySchema(events),
    order: () => "by-key",
    async handle({ received, before, after }) {
      await uow.run(async (stores) => {
        await before(stores);
        const messages = received.flatMap(messagesOf);
        if (messages.length > 0) await stores.outbox.add(messages);
        await after(stores);
      });
      return [];
    },
  };
}
