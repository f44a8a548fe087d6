import { decode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";

export const textOf = (bytes: Uint8Array | null): string => bytes === null ? "" : new TextDecoder().decode(bytes);
export const placeOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;
/** Where a message stands in the log. */
export const at = (message: Pick<Incoming, "topic" | "partition" | "position">): string =>
  `${placeOf(message)}@${message.position}`;
export const hasPosition = (message: Outgoing | Incoming): message is Incoming => "position" in message;

const envelopes = new WeakMap<Outgoing, ReturnType<typeof decode>>();
/** The envelope of a message, read once: the checks ask for each many times. */
export function envelopeOf(message: Outgoing): Envelope | undefined {
  const read = envelopes.get(message) ?? decode(message);
  envelopes.set(message, read);
  return read.ok ? read.value : undefined;
}

/** All that a message says, but for where it stands. `leave`: a header that may differ. */
export function contentOf({ topic, key, headers, value }: Outgoing, leave?: string): string {
  const told = Object.entries(headers).filter(([name]) => name !== leave).sort();
  return `${topic} key ${base64(key)} headers ${JSON.stringify(told)} value ${base64(value)}`;
}

const base64 = (bytes: Uint8Array | null): string => bytes === null ? "none" : new Uint8Array(bytes).toBase64();

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
