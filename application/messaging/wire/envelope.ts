import { z } from "zod";

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

/** The id of a message or an act. Well-formed, as half a surrogate pair is not the same text in every store. */
export const messageId = z.string().min(1).max(64).refine((id) => id.isWellFormed(), "wanted well-formed Unicode");
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
