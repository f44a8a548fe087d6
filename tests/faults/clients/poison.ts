import { gzipSync } from "node:zlib";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/**
 * Messages that no consumer of the topic can use. Each has a key of its own, as one that cannot be read holds up its key. With
 * an event's type also those that are read and then make no sense as it; a command that makes no sense is rejected instead.
 */
export function poison(topic: string, type: string | undefined, name: string): Outgoing[] {
  let number = 0;
  const key = () => bytes(`poison-${name}-${number++}`);
  const headers = { "content-type": "application/json", ce_specversion: "1.0", ce_source: "/poison" };
  const attributes = { ...headers, ce_type: type ?? "poison", ce_id: `poison-${name}` };
  const raw = (value: Uint8Array | null, more: Record<string, string> = {}): Outgoing => ({
    topic,
    key: key(),
    headers: { ...attributes, ...more },
    value,
  });
  const unreadable = [
    raw(bytes("{ broken")),
    raw(null),
    raw(bytes("")),
    raw(new Uint8Array([0x22, 0xff, 0xfe, 0x22])),
    raw(bytes("<xml/>"), { "content-type": "text/xml" }),
    raw(new Uint8Array(gzipSync(bytes("0".repeat(1_000_000)))), { "content-encoding": "gzip" }),
    raw(bytes("{}"), { ce_specversion: "2.0" }),
    raw(bytes("{}"), { ce_id: "x".repeat(65) }),
    { ...raw(bytes("{}")), headers },
    raw(bytes("[1]"), { "content-type": "application/cloudevents+json" }),
    raw(bytes("NaN")),
    { ...raw(bytes("{ no key")), key: null },
  ];
  if (type === undefined) return unreadable;
  const event = (data: string) => raw(bytes(data), { ce_id: `poison-${name}-${number}` });
  const { headers: ahead, value } = encode(
    { id: `ahead-${name}`, source: "/poison", type, time: new Date(Date.now() + 3_600_000).toISOString(), data: {} },
    "x",
  );
  return [
    ...unreadable,
    event("{}"),
    event("null"),
    event(`${"[".repeat(10_000)}${"]".repeat(10_000)}`),
    event(`{"reader":"p","book":"b","rating":1e400}`),
    event(`{"reader":"p","book":"b","rating":9223372036854775808}`),
    event(`{"__proto__":{"reader":"p","book":"b","rating":5}}`),
    event(`{"reader":7,"book":"b","rating":5}`),
    raw(bytes("{}"), { ce_type: type.replace(/v1$/, "v9"), ce_id: `newer-${name}` }),
    raw(bytes("{}"), { "x-long": "y".repeat(50_000) }),
    { topic, key: key(), headers: ahead, value },
  ];
}
