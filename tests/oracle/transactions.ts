import type { Incoming, Outgoing } from "@/application/messaging/wire/event_log.ts";
import { type ConsumerName, CONSUMERS, type StoreName } from "./consumers.ts";

/** A message that had its effect in a transaction. */
type Taken = { consumer: string; message: Incoming };
type Move = { consumer: string; topic: string; partition: number; next: string; epoch: number };
type Claim = { consumer: string; topic: string; partition: number; epoch: number };
/** How many messages each partition (`topic/partition`) had. */
export type Ends = Map<string, number>;

/** A transaction that was stored. */
export type Transaction = {
  store: StoreName;
  by: string;
  /** Of the projection, to which all that it says of positions belongs. */
  version: number;
  /** Where it began an attempt to fill another version: what was in the log. */
  began?: Ends;
  /** The version that readers see by it. */
  switched?: number;
  /** Rows of versions above this one were removed, or some of them. */
  clearedAbove?: number;
  claims: Claim[];
  moves: Move[];
  taken: Taken[];
  /** What it put into the outbox. */
  said: Outgoing[];
  /** Keys (hexadecimal) whose dead letters were removed with their reader. */
  forgotten: string[];
};

/** Transactions of the version that readers see, since it was last started from the beginning. */
export function transactionsOf(
  consumer: ConsumerName,
  transactions: Transaction[],
  live: Record<StoreName, number>,
): Transaction[] {
  const { store } = CONSUMERS[consumer];
  const own = transactions.filter((one) => one.store === store);
  const anew = own.findLastIndex(({ clearedAbove = Infinity }) => clearedAbove < live[store]);
  return own.slice(anew + 1).filter(({ version }) => version === live[store]);
}

/** What had its effect at a consumer, in that order. */
export const takenBy = (consumer: ConsumerName, transactions: Transaction[]): Incoming[] =>
  transactions.flatMap(({ taken }) => taken).filter((one) => one.consumer === consumer).map(({ message }) => message);

/** Keys whose dead letters went with their reader. */
export const forgottenBy = (consumer: ConsumerName, transactions: Transaction[] = []): Set<string> =>
  new Set(
    transactions.filter(({ store }) => store === CONSUMERS[consumer].store).flatMap(({ forgotten }) => forgotten),
  );
