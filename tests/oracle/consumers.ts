import { TOPICS } from "@/application/published/topics.ts";

export type StoreName = "web" | "trend" | "recommendation";

const EVENTS = [TOPICS.catalogEvents, TOPICS.activityEvents];
/** Which consumer follows which topics, and in which store its positions are. */
export const CONSUMERS = {
  "catalog-commands": { store: "web", topics: [TOPICS.catalogCommands] },
  "activity-commands": { store: "web", topics: [TOPICS.activityCommands] },
  "activity-policies": { store: "web", topics: [TOPICS.catalogEvents] },
  trend: { store: "trend", topics: EVENTS },
  recommendation: { store: "recommendation", topics: EVENTS },
} as const satisfies Record<string, { store: StoreName; topics: string[] }>;
export type ConsumerName = keyof typeof CONSUMERS;
export const CONSUMER_NAMES = Object.keys(CONSUMERS) as ConsumerName[];

/** Whether a consumer follows a topic. */
export const follows = (consumer: ConsumerName, topic: string): boolean =>
  (CONSUMERS[consumer].topics as string[]).includes(topic);
