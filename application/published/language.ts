import type { z } from "zod";
import {
  activityAnswers,
  activityCommands,
  activityEvents,
  activityPolicyEvents,
} from "@/application/activity/messages.ts";
import { catalogAnswers, catalogCommands, catalogEvents } from "@/application/catalog/messages.ts";
import { TOPICS } from "./topics.ts";
import { recommendationEvents } from "@/application/recommendation/messages.ts";
import { trendEvents } from "@/application/trend/messages.ts";

export type TopicName = keyof typeof TOPICS;
type Schemas = Record<string, z.ZodType>;

/** A topic as other programs see it. Events are written by this suite, commands are read by it. */
export type PublishedTopic = {
  name: TopicName;
  says: "commands" | "events";
  title: string;
  /** What the key of its messages is. */
  key: string;
  messages: Schemas;
};

const reader = "The reader's id; of an anonymous act, the id of its event";

export const PUBLISHED_TOPICS: PublishedTopic[] = [
  {
    name: "catalogCommands",
    says: "commands",
    title: "What the catalogue is asked to do",
    key: "The book's id, so that commands about one book keep their order",
    messages: catalogCommands,
  },
  {
    name: "catalogEvents",
    says: "events",
    title: "What happened in the catalogue, and answers to commands that were refused or failed",
    key: "The book's id; of an answer, the key of its command",
    messages: { ...catalogEvents, ...catalogAnswers },
  },
  {
    name: "activityCommands",
    says: "commands",
    title: "Acts of readers to record, and readers to erase",
    key: "The reader's id, so that what one reader does keeps its order",
    messages: activityCommands,
  },
  {
    name: "activityEvents",
    says: "events",
    title: "What readers did, and answers to commands that were refused or failed",
    key: `${reader}; of an answer, the key of its command`,
    messages: { ...activityEvents, ...activityAnswers },
  },
];

/** What a service sends to or receives from a topic. `answers`: the topic of the events that answer a command. */
export type Operation = {
  service: string;
  action: "send" | "receive";
  topic: TopicName;
  types: string[];
  answers?: TopicName;
};

const web = (topic: TopicName, action: Operation["action"], answers?: TopicName): Operation => ({
  service: "web",
  action,
  topic,
  types: Object.keys(PUBLISHED_TOPICS.find(({ name }) => name === topic)!.messages),
  ...(answers === undefined ? {} : { answers }),
});
const follows = (service: string, known: Schemas): Operation[] =>
  PUBLISHED_TOPICS.map(({ name, messages }): Operation => ({
    service,
    action: "receive",
    topic: name,
    types: Object.keys(messages).filter((type) => type in known),
  })).filter(({ types }) => types.length > 0);

export const OPERATIONS: Operation[] = [
  web("catalogCommands", "receive", "catalogEvents"),
  web("activityCommands", "receive", "activityEvents"),
  web("catalogEvents", "send"),
  web("activityEvents", "send"),
  ...follows("web", activityPolicyEvents),
  ...follows("trend", trendEvents),
  ...follows("recommendation", recommendationEvents),
];
