import { z } from "zod";
import { characters } from "@/application/shared/validation/characters.ts";
import { HOUR } from "@/domain/hours.ts";
import { ANSWERS_KEPT_MS } from "@/application/messaging/commands/idempotency.ts";
import { type ErrorStatus, problemBody, TITLES } from "@/adapters/http/base/problems/problem.ts";

/** Describes a response with a JSON body. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

const problem = { content: { "application/problem+json": { schema: problemBody } } };

/** Describes error responses. Adds those that every route may have: 406, 422 (an unknown parameter), 503, and 431. */
export const errors = (...statuses: ErrorStatus[]) => ({
  ...Object.fromEntries(
    ([...statuses, 406, 422, 503] as const).map((status) => [status, { description: TITLES[status], ...problem }]),
  ),
  431: { description: "The head of the request has more than 16 kB" },
});

/** A whole number in a path or a query. Only digits are valid, although JavaScript would also accept 0x10, 1e1 and an empty text. */
export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.string().regex(/^-?\d{1,16}$/, "wanted a whole number").transform(Number).pipe(
    z.number().int().min(least).max(most),
  );

/** The maximum number of items in a list. */
export const limit = wholeNumber(1, 100).default(20).openapi({
  type: "integer",
  minimum: 1,
  maximum: 100,
  default: 20,
  description: "1 to 100",
});

/** A page of a list with the cursor of the next page. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: "Pass it as `cursor` for the next page" }),
  });

/** The header that makes a repeated write safe. */
export const idempotencyKey = z.object({
  "Idempotency-Key": z.string().optional().meta({
    minLength: 1,
    maxLength: 255,
    pattern: "^[\\x20-\\x7e]+$",
    description:
      "1 to 255 printable ASCII characters that the client gives to one request, such as a UUID. The same request " +
      `under the same key is done once: within ${ANSWERS_KEPT_MS / HOUR} hours it gets the stored answer again (with ` +
      "`Idempotent-Replayed: true`), an error by rule too. Another request under the key is answered with 422, one whose first sending is still at work with 409 " +
      "and `Retry-After`. Keys belong to their client: the holder of the token, or of a reader's cookie; all others have " +
      "theirs by address.",
  }),
});

/** The header of a repeated response. */
export const replayedHeader = {
  "Idempotent-Replayed": {
    schema: { type: "string" as const, enum: ["true"] },
    description: "There when this is the stored answer to an earlier request with the Idempotency-Key",
  },
};

export const bookId = z.object({ id: characters(1, 64).meta({ description: "A book's id" }) });
export const readerId = z.object({ id: characters(1, 64).meta({ description: "A reader's id" }) });
export const token = [{ adminToken: [] }];
/** The alternatives that grant access to a reader's data. */
export const readerSecurity = [{ readerCookie: [] }, { readersToken: [] }, { adminToken: [] }];
/** The same for a service without reader cookies. */
export const readerTokens = [{ readersToken: [] }, { adminToken: [] }];
