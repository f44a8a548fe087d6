import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { DeadLetter } from "@/application/messaging/consuming/ports.ts";
import { CONSUMER_NAMES, type ConsumerName, CONSUMERS } from "../processes.ts";
import { type Commit, envelopeOf, placeOf, type StoreName } from "../history.ts";
import { liveVersions } from "../quiet.ts";
import type { World } from "../world.ts";

export type Violation = { invariant: string; detail: string };
export type Said = { envelope: Envelope; topic: string; key: string };

/** What the checks ask about: the history, and what is stored once all is quiet. */
export type Facts = {
  world: World;
  /** Events as they were committed, in that order. */
  said: Said[];
  /** Readable messages of the log with their envelopes, partition by partition, in order. */
  logged: { message: Incoming; envelope: Envelope }[];
  letters: Map<ConsumerName, DeadLetter[]>;
  /** The versions that readers see. */
  live: Record<StoreName, number>;
  /** Transactions of the version that readers see, since it was last begun anew. */
  commitsOf(consumer: ConsumerName): Commit[];
  /** Every message of the consumer's topics. */
  messagesOf(consumer: ConsumerName): Incoming[];
};

export const textOf = (bytes: Uint8Array | null): string => (bytes === null ? "" : new TextDecoder().decode(bytes));
export const at = (message: Incoming): string => `${placeOf(message)}@${message.position}`;

export async function factsOf(world: World): Promise<Facts> {
  const { history, servers } = world;
  const messages = [...history.log.values()].flat();
  const letters = new Map<ConsumerName, DeadLetter[]>();
  const live = await liveVersions(servers);
  for (const name of CONSUMER_NAMES) {
    const { store } = CONSUMERS[name];
    letters.set(name, await servers[store].store.letters.list({ consumer: name, version: live[store] }, 0, 10_000));
  }
  const saidOf = (message: Outgoing): Said => {
    const envelope = envelopeOf(message);
    if (envelope === undefined) throw new Error("an event that nobody can read was said");
    return { envelope, topic: message.topic, key: textOf(message.key) };
  };
  return {
    world,
    said: history.commits.flatMap((commit) => commit.said.map(saidOf)),
    logged: messages.flatMap((message) => {
      const envelope = envelopeOf(message);
      return envelope === undefined ? [] : [{ message, envelope }];
    }),
    letters,
    live,
    commitsOf(consumer) {
      const { store } = CONSUMERS[consumer];
      const own = history.commits.filter((commit) => commit.store === store);
      const anew = own.findLastIndex(({ clearedAbove = Infinity }) => clearedAbove < live[store]);
      return own.slice(anew + 1).filter(({ version }) => version === live[store]);
    },
    messagesOf: (consumer) => messages.filter(({ topic }) => (CONSUMERS[consumer].topics as string[]).includes(topic)),
  };
}

/** Those of the items that have not been there before, by their key. */
export function firsts<Item>(items: Item[], keyOf: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
