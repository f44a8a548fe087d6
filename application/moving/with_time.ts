import { decode } from "@/application/messaging/wire/codec.ts";
import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A message for another log. An event without a time gets the time of its arrival, which counts and which the other log
 * does not know. A message that cannot be decoded stays as it is.
 */
export function withTime({ topic, key, headers, value, timestamp }: Incoming): Outgoing {
  const message = { topic, key, headers, value };
  const decoded = decode(message);
  if (!decoded.ok || decoded.value.time !== undefined || value === null) return message;
  const time = new Date(timestamp).toISOString();
  if (headers.ce_specversion !== undefined) return { ...message, headers: { ...headers, ce_time: time } };
  return { ...message, value: encoder.encode(JSON.stringify({ ...JSON.parse(decoder.decode(value)), time })) };
}
