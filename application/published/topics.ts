/** The topics of the suite. Each name says the module and the direction. */
export const TOPICS = {
  catalogCommands: "bookstream.catalog.commands",
  catalogEvents: "bookstream.catalog.events",
  activityCommands: "bookstream.activity.commands",
  activityEvents: "bookstream.activity.events",
} as const;

export const ALL_TOPICS: string[] = Object.values(TOPICS);
