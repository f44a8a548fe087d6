import type { AsyncApi } from "./asyncapi.ts";
import { findUncovered } from "./covers.ts";
import type { JsonSchema } from "./json_schema.ts";

// Others read our events: no field may be removed, become optional or take new values. Others write our commands: no field may become
// required, no value may be refused, and no field may lose its meaning. Types and topics stay.

/** The changes from `before` to `after` that break clients of the published language; none when it only adds. */
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
  return [...removedFields(before, after, ""), ...values];
}

/** Fields that are described no more, wherever they stand. */
function removedFields(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, schema]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const now = after.properties?.[name];
    return now === undefined ? [`${at}: the field is gone`] : removedFields(schema, now, at);
  });
  const inItems = before.items === undefined || after.items === undefined
    ? []
    : removedFields(before.items, after.items, `${path}[]`);
  return [...fields, ...inItems];
}
