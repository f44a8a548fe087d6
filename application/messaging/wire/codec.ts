import { ok, refuse, type Result } from "@/domain/result.ts";
import { faultText } from "@/domain/rejection.ts";
import { defined } from "@/application/defined.ts";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import { type Encoded, type Envelope, envelopeAttributes } from "./envelope.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const lenient = new TextDecoder();
const STRUCTURED = "application/cloudevents+json";
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\b/i;

/** Encodes an envelope in CloudEvents binary mode: attributes as `ce_*` headers, the data as the value. */
export function encode(envelope: Envelope, key: string): Encoded {
  const { data, ...attributes } = envelope;
  const headers: Record<string, string> = { "content-type": "application/json", ce_specversion: "1.0" };
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) headers[`ce_${name}`] = value;
  headers.ce_partitionkey = key;
  if (envelope.traceparent !== undefined) headers.traceparent = envelope.traceparent;
  return { key: encoder.encode(key), headers, value: encoder.encode(JSON.stringify(data)) };
}

/**
 * Decodes a message in binary or structured mode, or returns why it cannot. Without a `partitionkey` the envelope gets the
 * message's key. Never throws.
 */
export function decode(message: Encoded): Result<Envelope, string> {
  if (message.value === null) return refuse("the message has no value");
  const structured = message.headers["content-type"]?.toLowerCase().startsWith(STRUCTURED) === true;
  const parsed = structured ? structuredAttributes(message.value) : binaryAttributes(message);
  if (!parsed.ok) return parsed;
  const checked = envelopeAttributes.safeParse(parsed.value.attributes);
  if (!checked.success) {
    return refuse(`not a CloudEvents 1.0 message: ${faultText(faultsOf(checked.error))}`);
  }
  const { specversion: _version, datacontenttype: _type, partitionkey = textOf(message.key), ...attributes } =
    checked.data;
  return ok({ ...defined({ ...attributes, partitionkey }), data: parsed.value.data });
}

type Parsed = { attributes: Record<string, unknown>; data: unknown };

function binaryAttributes({ headers, value }: Encoded): Result<Parsed, string> {
  const type = headers["content-type"] ?? headers.ce_datacontenttype ?? "application/json";
  if (!JSON_TYPE.test(type)) return refuse(`content-type: wanted application/json, found ${type.slice(0, 100)}`);
  const data = json(value!);
  if (!data.ok) return data;
  const attributes: Record<string, unknown> = {};
  for (const name in headers) if (name.startsWith("ce_")) attributes[name.slice(3)] = headers[name];
  return ok({ attributes, data: data.value });
}

function structuredAttributes(value: Uint8Array): Result<Parsed, string> {
  const whole = json(value);
  if (!whole.ok) return whole;
  if (typeof whole.value !== "object" || whole.value === null) {
    return refuse("wanted a JSON object, found something else");
  }
  const { data, ...attributes } = whole.value as Record<string, unknown>;
  return ok({ attributes, data });
}

const textOf = (key: Uint8Array | null): string | undefined => key === null ? undefined : lenient.decode(key);

function json(bytes: Uint8Array): Result<unknown, string> {
  try {
    return ok(JSON.parse(decoder.decode(bytes)));
  } catch {
    // The parser's error quotes the data, which must not be logged.
    return refuse("the value is not JSON in UTF-8");
  }
}
