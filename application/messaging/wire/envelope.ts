import { z } from "zod";
import { characters } from "@/application/shared/validation/characters.ts";

/** A CloudEvents 1.0 event with the extensions that Bookstream uses. `time` is ISO 8601. */
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

/** Characters that CloudEvents forbids, or that not all stores keep unchanged. */
const NO_TEXT = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;
/** The id of a message or an act. */
export const messageId = characters(1, 64).refine(
  (id) => !NO_TEXT.test(id),
  "wanted well-formed Unicode without control characters",
);
const text = z.string().min(1);
/** The attributes of an envelope on the wire. */
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

/** A message as the log stores it. A missing value is a tombstone. */
export type Encoded = { key: Uint8Array | null; headers: Record<string, string>; value: Uint8Array | null };
