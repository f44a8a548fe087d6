import type { Book } from "@/domain/catalog/book.ts";
import type { Vote } from "@/domain/trend/vote.ts";
import type { Logger } from "@/application/ports.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";

export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A book with defaults for what a test leaves out. */
export const book = (id: string, fields: Partial<Book> = {}): Book => ({
  id,
  title: `Title ${id}`,
  authors: ["A. Writer"],
  subjects: ["fiction"],
  popularity: 0,
  version: 1,
  ...fields,
});

/** A message whose key and value are text. */
export const message = (topic: string, key: string | null, value: string): Outgoing => ({
  topic,
  key: key === null ? null : new TextEncoder().encode(key),
  headers: { "content-type": "text/plain" },
  value: new TextEncoder().encode(value),
});

export const text = (
  bytes: Uint8Array | null,
): string | null => (bytes === null ? null : new TextDecoder().decode(bytes));

export const T0 = Date.UTC(2026, 10, 23, 10, 0, 0);

export const vote = (key: string, reader: string, fields: Partial<Vote> = {}): Vote => ({
  subject: "book",
  key,
  kind: "viewed",
  reader,
  time: T0,
  weight: 10,
  ...fields,
});
