import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

/** What has to become of a planted message: the header of this name says it. */
export const PLANTED = "planted";
type Planted = "unreadable" | "unknown-version" | "time-ahead" | "skipped";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const DAY = 86_400_000;

/** A message that no consumer can take, or that none knows. */
export function poison({ random, ids, scheduler }: World): Outgoing {
  const topic = random.pick(Object.values(TOPICS));
  const key = random.pick(["r1", "b1", "nobody"]);
  const id = `planted-${ids.fresh()}`;
  const marked = (message: Outgoing, planted: Planted): Outgoing => ({
    ...message,
    headers: { ...message.headers, [PLANTED]: planted },
  });
  const of = (topic: string, type: string, data: unknown, time?: number): Outgoing => ({
    topic,
    ...encode({
      id,
      source: "/elsewhere",
      type,
      data,
      ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
    }, key),
  });
  const module = topic.split(".")[1]!;
  return random.pick([
    () => marked({ topic, key: bytes(key), headers: {}, value: bytes(`{not json ${id}`) }, "unreadable"),
    () => marked({ topic, key: null, headers: {}, value: null }, "unreadable"),
    () => marked({ topic, key: bytes(key), headers: { ce_id: id }, value: bytes("{}") }, "unreadable"),
    () => marked(of(topic, `bookstream.${module}.nothing-known.v1`, {}), "skipped"),
    () => marked(of(TOPICS.catalogEvents, "bookstream.catalog.book-added.v7", { id: "b1" }), "unknown-version"),
    () => marked(of(TOPICS.activityCommands, "bookstream.activity.record-act.v2", {}), "unknown-version"),
    () => marked(of(TOPICS.catalogEvents, CATALOG.bookAdded, { wrong: "shape" }), "unreadable"),
    () => {
      const data = { reader: "r1", book: "b1" };
      return marked(of(TOPICS.activityEvents, ACTIVITY.bookViewed, data, scheduler.now() + DAY), "time-ahead");
    },
  ])();
}
