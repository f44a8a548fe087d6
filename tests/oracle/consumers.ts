import { activityPolicyEvents } from "@/application/activity/messages.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { recommendationEvents } from "@/application/recommendation/messages.ts";
import { trendEvents } from "@/application/trend/messages.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { envelopeOf } from "./messages.ts";

export type StoreName = "web" | "trend" | "recommendation";

const EVENTS = [TOPICS.catalogEvents, TOPICS.activityEvents];
/** Which consumer follows which topics, and in which store its positions are. `types`: those that it handles, where not all. */
export const CONSUMERS = {
  "catalog-commands": { store: "web", topics: [TOPICS.catalogCommands] },
  "activity-commands": { store: "web", topics: [TOPICS.activityCommands] },
  "activity-policies": { store: "web", topics: [TOPICS.catalogEvents], types: Object.keys(activityPolicyEvents) },
  trend: { store: "trend", topics: EVENTS, types: Object.keys(trendEvents) },
  recommendation: { store: "recommendation", topics: EVENTS, types: Object.keys(recommendationEvents) },
} satisfies Record<string, { store: StoreName; topics: string[]; types?: string[] }>;
export type ConsumerName = keyof typeof CONSUMERS;
export const CONSUMER_NAMES = Object.keys(CONSUMERS) as ConsumerName[];

/** Whether a consumer follows a topic. */
export const follows = (consumer: ConsumerName, topic: string): boolean =>
  (CONSUMERS[consumer].topics as string[]).includes(topic);

const nameOf = (type: string): string => type.replace(/\.v\d+$/, "");

/** Whether a consumer handles a message or parks it. One of a type that it does not know is skipped. */
export function handles(consumer: ConsumerName, message: Outgoing): boolean {
  if (!follows(consumer, message.topic)) return false;
  const row: { topics: string[]; types?: string[] } = CONSUMERS[consumer];
  const envelope = envelopeOf(message);
  return row.types === undefined || envelope === undefined || row.types.map(nameOf).includes(nameOf(envelope.type));
}
