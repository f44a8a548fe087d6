import type { DeadLetters, Positions } from "./ports.ts";

/** The stores that every consumer's transaction has beside its module's own. */
export type ConsumerStores = { positions: Positions; deadLetters: DeadLetters };

/** What a consumer does in the transaction of the effects: checks that it still owns the position, then moves it. */
export interface Guard {
  begin(stores: ConsumerStores): Promise<void>;
  end(stores: ConsumerStores): Promise<void>;
}
