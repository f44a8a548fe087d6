import { ACTIVITY, bookKey } from "@/application/activity/messages.ts";
import { TOPICS } from "./topics.ts";
import { headersOf } from "./headers.ts";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";
import { type Operation, OPERATIONS, PUBLISHED_TOPICS, type PublishedTopic, type TopicName } from "./language.ts";
import { SUMMARIES } from "./summaries.ts";

type Reference = { $ref: string };
type AsyncApiMessage = { name: string; payload: JsonSchema; [field: string]: unknown };
type AsyncApiChannel = { address: string; messages: Record<string, AsyncApiMessage>; [field: string]: unknown };
export type AsyncApi = {
  asyncapi: "3.0.0";
  info: { title: string; version: string; description: string; license: { name: string } };
  defaultContentType: string;
  channels: Record<string, AsyncApiChannel>;
  operations: Record<string, { action: string; channel: Reference; [field: string]: unknown }>;
  components: { schemas: Record<string, JsonSchema>; correlationIds: Record<string, object> };
};

const KAFKA = "0.5.0";
const DESCRIPTION = [
  "What the services of Bookstream and other programs say to each other: CloudEvents 1.0, in binary mode on Kafka " +
  "(attributes as `ce_*` headers, the data as the value). A deployment may put a prefix before the topics' names.",
  "Every command is answered by an event with its correlation id: what happened, or that it was refused or failed. A " +
  "command that comes again (same id and source) is done once.",
  "Fields, attributes and types may be added at any time: pass over those that you do not know. What would break a reader " +
  "or a writer is a new major version, which is another type.",
].join("\n\n");

/** The published language as an AsyncAPI 3 document. */
export function asyncApi(): AsyncApi {
  return {
    asyncapi: "3.0.0",
    info: { title: "Bookstream", version: "1.0.0", description: DESCRIPTION, license: { name: "MIT" } },
    defaultContentType: "application/json",
    channels: Object.fromEntries(PUBLISHED_TOPICS.map((topic) => [topic.name, channelOf(topic)])),
    operations: Object.fromEntries(OPERATIONS.map((operation) => [nameOf(operation), operationOf(operation)])),
    components: {
      schemas: { commandHeaders: headersOf("commands"), eventHeaders: headersOf("events") },
      correlationIds: {
        correlation: {
          description: "A command without it counts as its own: its id is then that of its events",
          location: "$message.header#/ce_correlationid",
        },
      },
    },
  };
}

function channelOf({ name, says, title, key, messages }: PublishedTopic): AsyncApiChannel {
  const topic = TOPICS[name];
  return {
    address: topic,
    title,
    description: `Key: ${key}.`,
    bindings: { kafka: { topic, bindingVersion: KAFKA } },
    messages: Object.fromEntries(
      Object.entries(messages).map(([type, schema]) => {
        const { summary, examples } = SUMMARIES[type as keyof typeof SUMMARIES];
        const message: AsyncApiMessage = {
          name: type,
          title: titleOf(type),
          summary,
          contentType: "application/json",
          headers: {
            type: "object",
            allOf: [{ $ref: `#/components/schemas/${says === "commands" ? "commandHeaders" : "eventHeaders"}` }],
            properties: { ce_type: { const: type } },
          },
          payload: jsonSchemaOf(schema, says === "commands" ? "input" : "output"),
          correlationId: { $ref: "#/components/correlationIds/correlation" },
          bindings: { kafka: { key: { type: "string", description: key }, bindingVersion: KAFKA } },
          examples: examples.map((payload) => ({ headers: exampleHeaders(says, type, payload), payload })),
        };
        return [type, message];
      }),
    ),
  };
}

/** `bookstream.catalog.add-book.v1` → `Add book`. */
function titleOf(type: string): string {
  const words = type.split(".")[2]!.replaceAll("-", " ");
  return words[0]!.toUpperCase() + words.slice(1);
}

function exampleHeaders(says: PublishedTopic["says"], type: string, payload: object): Record<string, string> {
  const module = type.split(".")[1]!;
  const subject = "reader" in payload
    ? payload.reader
    : "id" in payload
    ? payload.id
    : "book" in payload
    ? payload.book
    : module === "catalog"
    ? "dune"
    : "r1";
  const wanted = { "content-type": "application/json", ce_specversion: "1.0", ce_type: type };
  if (says === "commands") return { ...wanted, ce_id: "c1", ce_source: "/shop/till", ce_correlationid: "order-17" };
  return {
    ...wanted,
    ce_id: "0199b0c5-7c1e-7000-8000-3a5f0e6d9b21",
    ce_source: `/bookstream/${module}`,
    ce_time: "2026-11-23T10:00:00.000Z",
    ce_subject: String(subject),
    ce_correlationid: "order-17",
    ce_causationid: "c1",
    ce_partitionkey: type === ACTIVITY.bookForgotten ? bookKey(String(subject)) : String(subject),
  };
}

const nameOf = ({ service, action, topic }: Operation): string =>
  `${service}${action === "send" ? "Sends" : "Receives"}${topic[0]!.toUpperCase()}${topic.slice(1)}`;

function operationOf({ service, action, topic, types, answers }: Operation) {
  const channel = (name: TopicName): Reference => ({ $ref: `#/channels/${name}` });
  const message = (name: TopicName) => (type: string): Reference => ({ $ref: `#/channels/${name}/messages/${type}` });
  return {
    action,
    channel: channel(topic),
    summary: `${service} ${action}s messages of ${TOPICS[topic]}`,
    tags: [{ name: service }],
    messages: types.map(message(topic)),
    ...(answers === undefined ? {} : {
      reply: {
        channel: channel(answers),
        messages: Object.keys(PUBLISHED_TOPICS.find(({ name }) => name === answers)!.messages).map(message(answers)),
      },
    }),
  };
}
