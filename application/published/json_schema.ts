import { z } from "zod";

/** A JSON Schema (draft 7), as far as the published language uses it. */
export type JsonSchema = {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
};

/**
 * The JSON Schema of a message's data: as it may be sent (`input`, commands) or as it comes (`output`, events). Objects stay
 * open, as fields may be added at any time.
 */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const whole = z.toJSONSchema(schema, {
    target: "draft-7",
    io,
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // The format says the same, and can be read.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema: _dialect, definitions, $ref, ...rest } = whole as JsonSchema & {
    definitions?: Record<string, JsonSchema>;
    $ref?: string;
  };
  if ($ref === undefined && definitions === undefined) return rest;
  const named = definitions?.[$ref?.replace("#/definitions/", "") ?? ""];
  // Only the whole data may have a name of its own: a reader of the document follows no further reference.
  if (named === undefined || Object.keys(definitions!).length > 1) {
    throw new Error(`wanted a schema without named parts, found ${Object.keys(definitions ?? {}).join(", ")}`);
  }
  return named;
}
