import type { AsyncApi } from "./asyncapi.ts";
import { findUncovered } from "./covers.ts";
import type { JsonSchema } from "./json_schema.ts";

/**
 * What of the published language `after` would break for those who rely on `before`; none when it only adds.
 *
 * Events are read by others: all that may be written now must be what a reader of before expects, so no field vanishes,
 * becomes optional or takes other values. Commands are written by others: all that could be sent before is taken still, so
 * nothing more is required, no value is refused, and no field loses its meaning. Types and topics stay.
 */
export function breachesOf(before: AsyncApi, after: AsyncApi): string[] {
  const breaches: string[] = [];
  const channels = new Map(Object.values(after.channels).map((channel) => [channel.address, channel]));
  for (const { address, messages } of Object.values(before.channels)) {
    const channel = channels.get(address);
    if (channel === undefined) {
      breaches.push(`${address}: the topic is gone`);
      continue;
    }
    const says = address.endsWith(".commands") ? "commands" : "events";
    for (const [type, { payload }] of Object.entries(messages)) {
      const now = channel.messages[type];
      if (now === undefined) breaches.push(`${type}: gone from ${address}`);
      else breaches.push(...between(says, payload, now.payload).map((reason) => `${type}: ${reason}`));
    }
  }
  for (const says of ["commands", "events"] as const) {
    const name = says === "commands" ? "commandHeaders" : "eventHeaders";
    const [old, now] = [before, after].map(({ components }) => components.schemas[name] ?? {});
    breaches.push(...between(says, old!, now!).map((reason) => `headers of ${says}: ${reason}`));
  }
  return breaches;
}

function between(says: "commands" | "events", before: JsonSchema, after: JsonSchema): string[] {
  const values = says === "events" ? findUncovered(before, after) : findUncovered(after, before);
  return [...vanished(before, after, ""), ...values];
}

/** Fields that are described no more, wherever they stand. */
function vanished(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, schema]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const now = after.properties?.[name];
    return now === undefined ? [`${at}: the field is gone`] : vanished(schema, now, at);
  });
  const inItems = before.items === undefined || after.items === undefined
    ? []
    : vanished(before.items, after.items, `${path}[]`);
  return [...fields, ...inItems];
}
