import { z } from "zod";
import { decode } from "@/application/messaging/wire/codec.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import { deadLetterName } from "./dead_letter_name.ts";

/** A dead letter for operators. */
export const deadLetterSchema = z.object({
  id: z.string().meta({ description: "Its name, as the command `deno task dead-letters` has it too: `trend-12`" }),
  consumer: z.string(),
  version: z.int().meta({
    description: "The version of the projection that it is missing from; 1 where there is none",
  }),
  reason: z.string(),
  detail: z.string(),
  attempts: z.int().meta({
    description: "How often it was tried; 0 for one that only waits behind another of its key",
  }),
  at: z.iso.datetime().meta({ description: "When it was parked" }),
  ordered: z.boolean().meta({ description: "Whether later messages of its key wait for it" }),
  topic: z.string(),
  partition: z.int(),
  position: z.string(),
  key: z.string().nullable(),
  type: z.string().optional(),
  correlation: z.string().optional(),
}).meta({ id: "DeadLetter" });
/** A dead letter with its payload. */
export const wholeDeadLetterSchema = deadLetterSchema.extend({
  headers: z.record(z.string(), z.string()),
  value: z.string().nullable().meta({ description: "As text; bytes that are no UTF-8 show as U+FFFD" }),
  base64: z.string().nullable().meta({ description: "The original bytes" }),
}).meta({ id: "WholeDeadLetter" });

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array | null): string | null => bytes === null ? null : decoder.decode(bytes);

/** Returns a dead letter without its payload. */
export function showDeadLetter(service: string, deadLetter: StoredDeadLetter): z.output<typeof deadLetterSchema> {
  const { message, logId: _log, at, id, ...rest } = deadLetter;
  const { topic, partition, position, key, headers } = message;
  const decoded = decode(message);
  const { type, correlationid } = decoded.ok
    ? decoded.value
    : { type: headers.ce_type, correlationid: headers.ce_correlationid };
  return {
    ...rest,
    id: deadLetterName(service, id),
    at: new Date(at).toISOString(),
    topic,
    partition,
    position,
    key: textOf(key),
    ...(type === undefined ? {} : { type }),
    ...(correlationid === undefined ? {} : { correlation: correlationid }),
  };
}

/** Returns a dead letter with its payload. */
export const showWholeDeadLetter = (
  service: string,
  deadLetter: StoredDeadLetter,
): z.output<typeof wholeDeadLetterSchema> => ({
  ...showDeadLetter(service, deadLetter),
  headers: deadLetter.message.headers,
  value: textOf(deadLetter.message.value),
  base64: deadLetter.message.value === null ? null : new Uint8Array(deadLetter.message.value).toBase64(),
});
