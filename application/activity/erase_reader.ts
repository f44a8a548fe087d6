import { readerIdFault } from "@/domain/activity/act.ts";
import { invalid } from "@/domain/rejection.ts";
import { ok, refuse } from "@/domain/result.ts";
import type { Handler } from "@/application/messaging/commands/processor.ts";
import type { z } from "zod";
import { ACTIVITY, ACTIVITY_TOPICS, type eraseReaderCommand } from "./messages.ts";
import { keyName } from "@/application/messaging/wire/key_name.ts";
import type { DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { ErasedReaders, ReaderBooks } from "./ports.ts";

type Stores = { readerBooks: ReaderBooks; erased: ErasedReaders; deadLetters: DeadLetters };

/**
 * Removes all state of a reader and stores a mark, so that no late event brings it back. Idempotent.
 * The mark is permanent when something was removed, and temporary otherwise.
 */
export const eraseReader: Handler<z.output<typeof eraseReaderCommand>, Stores> = async (
  { reader },
  { stores, now },
) => {
  const fault = readerIdFault(reader);
  if (fault !== undefined) return refuse(invalid([fault]));
  // Also for a reader who was erased before, because a message may have been parked since.
  await stores.deadLetters.forget([ACTIVITY_TOPICS.commands], keyName(reader));
  if (await stores.erased.has(reader)) return ok([]);
  const removed = await stores.readerBooks.removeReader(reader);
  await stores.erased.add(reader, now);
  if (removed > 0) await stores.erased.keep(reader);
  return ok([{ type: ACTIVITY.readerErased, key: reader, data: { reader } }]);
};
