import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { envelopeOf } from "../messages.ts";

/** How a message stands to the others of its key, told by its type alone. */
export function orderOf(message: Incoming): "by-key" | "none" | "first" {
  const envelope = envelopeOf(message);
  if (envelope === undefined || message.key === null) return "none";
  const { type, data } = envelope;
  if (/\.(erase-reader|reader-erased)\./.test(type)) return "first";
  if (/\.book-(viewed|searched)\./.test(type)) return "none";
  const act = type.endsWith(".record-act.v1") ? (data as { type?: string }).type : undefined;
  return act === "viewed" || act === "searched" ? "none" : "by-key";
}
