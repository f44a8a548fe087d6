import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { DeadLetters, Positions } from "./ports.ts";
import type { Fence } from "@/application/messaging/leases/ports.ts";
import type { DeadLetterDesk } from "@/application/messaging/dead_letters/ports.ts";
import type { Versions } from "@/application/messaging/rebuild/ports.ts";

/** The stores that every consumer's transaction has beside its module's own. */
export type ConsumerStores = { positions: Positions; deadLetters: DeadLetters; deadLetterDesk: DeadLetterDesk };

/** Those of a consumer that keeps a projection. */
export type ProjectionStores = ConsumerStores & { versions: Versions; fence: Fence };

/** What a consumer does in the transaction of the effects: checks that it still owns the position, then moves it. */
export interface Guard {
  /** Messages that are set aside in this transaction as they could not be handled. */
  failed: { envelope: Envelope; detail: string }[];
  begin(stores: ConsumerStores): Promise<void>;
  end(stores: ConsumerStores): Promise<void>;
}
