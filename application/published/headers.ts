import { envelopeAttributes } from "@/application/messaging/wire/envelope.ts";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";

/** Attributes that every event of this suite has in addition to those of CloudEvents. */
const ALWAYS = ["time", "subject", "correlationid", "causationid", "partitionkey"];

const DESCRIPTIONS: Record<string, string> = {
  ce_id: "Names the message: one that comes again with its id and source is the same one",
  ce_source: "Who says so",
  ce_type: "The message's type; its last part is the major version",
  ce_time: "When it happened; where it is missing, when it arrived",
  ce_subject: "The id of the book or reader that it is about",
  ce_correlationid: "The same in a command, its events and whatever they cause",
  ce_causationid: "The id of the command that an event comes of",
  ce_partitionkey: "The key of the message, as text",
  ce_traceparent: "W3C trace context where the message was made",
};

/** The headers of commands or events: CloudEvents 1.0 in binary mode. */
export function headersOf(says: "commands" | "events"): JsonSchema {
  const { properties = {}, required = [] } = jsonSchemaOf(envelopeAttributes, "input");
  const { datacontenttype: _type, ...attributes } = properties;
  const wanted = says === "events" ? [...required, ...ALWAYS] : required;
  return {
    type: "object",
    properties: {
      "content-type": {
        type: "string",
        description: "application/json; a command may also come in structured mode, as application/cloudevents+json",
      },
      ...Object.fromEntries(
        Object.entries(attributes).map(([name, schema]) => [`ce_${name}`, described(`ce_${name}`, schema)]),
      ),
      traceparent: { type: "string", description: "W3C trace context of this hop" },
    },
    required: [...(says === "events" ? ["content-type"] : []), ...wanted.map((name) => `ce_${name}`)],
  };
}

const described = (name: string, schema: JsonSchema): JsonSchema =>
  DESCRIPTIONS[name] === undefined ? schema : { ...schema, description: DESCRIPTIONS[name] };
