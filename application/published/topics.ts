import { ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";

/** The topics of the suite. Each name says the module and the direction. */
export const TOPICS = {
  catalogCommands: CATALOG_TOPICS.commands,
  catalogEvents: CATALOG_TOPICS.events,
  activityCommands: ACTIVITY_TOPICS.commands,
  activityEvents: ACTIVITY_TOPICS.events,
} as const;

export const ALL_TOPICS: string[] = Object.values(TOPICS);
