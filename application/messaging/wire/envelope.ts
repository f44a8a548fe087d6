import { z } from "zod";
import { characters } from "@/application/shared/validation/characters.ts";

/** A message of the suite: a CloudEvents 1.0 event with the extensions that Bookstream uses. `time` is ISO 8601. */
export type Envelope<Data = unknown> = {
  id: string;
  source: string;
  type: string;
  time?: string;
  subject?: string;
  correlationid?: string;
  causationid?: string;
  partitionkey?: string;
  traceparent?: string;
  data: Data;
};

/** What no text of CloudEvents may have, and what is not the same text in every store. */
const NO_TEXT = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;
/** The id of a message or an act. */
export const messageId = characters(1, 64).refine(
  (id) => !NO_TEXT.test(id),
  "wanted well-formed Unicode without control characters",
);
const text = z.string().min(1);
/** The attributes of an envelope as they come over the wire. */
export const envelopeAttributes = z.object({
  specversion: z.literal("1.0"),
  id: messageId,
  source: text,
  type: text,
  time: z.iso.datetime({ offset: true }).optional(),
  subject: text.optional(),
  datacontenttype: z.string().optional(),
  correlationid: text.optional(),
  causationid: text.optional(),
  partitionkey: text.optional(),
  traceparent: text.optional(),
});

/** A message as a log stores it. Key and value are bytes; a missing value is a tombstone. */
export type Encoded = { key: Uint8Array | null; headers: Record<string, string>; value: Uint8Array | null };
