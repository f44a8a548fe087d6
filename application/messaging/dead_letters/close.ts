import type { Clock, Logger } from "@/application/ports.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { Failed, Received, Sink } from "@/application/messaging/consuming/sink.ts";
import type { DeadLetterStores } from "./ports.ts";

export type CloseDeps = { clock: Clock; logger: Logger };

/** The result for a dead letter. `gone`: another operator has closed it. `waiting`: an earlier one of its key has failed. */
export type Closed = { id: number; came: "replayed" | "discarded" | "failed" | "waiting" | "gone"; detail?: string };

/** A dead letter, and what the transaction that closes it handles (`received`) or answers as given up (`failed`). */
export type Closing = { deadLetter: StoredDeadLetter; received: Received[]; failed: Failed[] };

/** Another operator has closed some of the dead letters. Nothing is stored. */
class SomeClosed extends Error {
  constructor(readonly parked: Set<number>) {
    super("others have closed some of the dead letters");
  }
}

/** More messages are parked behind the dead letters. Nothing is stored. */
export class MoreBehind extends Error {
  constructor(readonly list: StoredDeadLetter[]) {
    super("more wait behind the dead letters");
  }
}

/** `behind`: when positive, `close` throws `MoreBehind` with up to this many messages that are parked behind the dead letters. */
type CloseOptions = { sink: Sink<DeadLetterStores>; how: "replayed" | "discarded"; behind: number };

/** Handles and closes dead letters in one transaction, except those that others have closed. Throws what the sink throws. */
export async function close(
  { clock, logger }: CloseDeps,
  list: Closing[],
  { sink, how, behind }: CloseOptions,
): Promise<Closed[]> {
  let left = list;
  while (left.length > 0) {
    const ids = left.map(({ deadLetter }) => deadLetter.id);
    try {
      await sink.handle({
        received: left.flatMap(({ received }) => received),
        failed: left.flatMap(({ failed }) => failed),
        async before({ deadLetterClosing }) {
          const parked = await deadLetterClosing.lock(ids);
          if (parked.size < ids.length) throw new SomeClosed(parked);
          if (behind === 0) return;
          const more = await deadLetterClosing.parkedBehind(left.map(({ deadLetter }) => deadLetter), behind);
          if (more.length > 0) throw new MoreBehind(more);
        },
        after: ({ deadLetterClosing }) => deadLetterClosing.close(ids, how, clock.now()),
      });
      break;
    } catch (error) {
      if (!(error instanceof SomeClosed)) throw error;
      left = left.filter(({ deadLetter }) => error.parked.has(deadLetter.id));
    }
  }
  for (const { deadLetter: { id, consumer } } of left) {
    if (how === "replayed") logger.info("dead-letter-replayed", { consumer, deadLetter: id });
    else logger.info("dead-letter-discarded", { consumer, deadLetter: id });
  }
  const closed = new Set(left);
  return list.map((one) => ({ id: one.deadLetter.id, came: closed.has(one) ? how : "gone" }));
}

/** Counts one more failed attempt. The dead letter stays parked. */
export async function recordFailure(
  sink: Sink<DeadLetterStores>,
  { id }: StoredDeadLetter,
  detail: string,
): Promise<Closed> {
  await sink.handle({
    received: [],
    failed: [],
    before: () => Promise.resolve(),
    after: ({ deadLetterClosing }) => deadLetterClosing.recordFailure(id, detail.slice(0, 1000)),
  });
  return { id, came: "failed", detail };
}
