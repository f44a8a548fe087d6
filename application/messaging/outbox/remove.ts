import type { UnitOfWork } from "@/application/ports.ts";
import type { DeadLetter, DeadLetters } from "@/application/messaging/consuming/ports.ts";
import type { Fence } from "@/application/messaging/leases/ports.ts";
import type { Outbox, OutboxRow } from "./ports.ts";
import { shardOf } from "./shards.ts";
import type { Sent } from "./send.ts";

/** The stores of the relay's transactions. */
export type RelayStores = { outbox: Outbox; deadLetters: DeadLetters; fence: Fence };

/** The consumer that dead letters of refused rows belong to. */
export const RELAY = "relay";

/**
 * Removes rows that were sent or that the log refused. A refused row becomes a dead letter with its bytes in the same
 * transaction. Throws `Fenced` when a shard's lease no longer has its epoch.
 */
export async function removeRows(
  { uow, epochs, now }: { uow: UnitOfWork<RelayStores>; epochs: Map<string, number>; now: number },
  sent: Sent,
): Promise<{ relayed: OutboxRow[]; refused: DeadLetter[] }> {
  const rows = sent.kind === "sent" ? sent.rows : [sent.row];
  const refused = sent.kind === "sent" ? [] : [deadLetterOf(sent.row, sent.error, now)];
  await uow.run(async (stores) => {
    await stores.fence.check(epochs);
    for (const deadLetter of refused) await stores.deadLetters.park(deadLetter);
    await stores.outbox.remove(rows.map(({ row }) => row));
    // After a power cut the removal may be lost. The rows are then sent again with the same ids, as after a crash.
  }, { asynchronous: true });
  return { relayed: sent.kind === "sent" ? rows : [], refused };
}

/** Builds the dead letter of a refused row. Its partition is the shard, its position the row's name. */
const deadLetterOf = ({ row, message }: OutboxRow, error: Error, now: number): DeadLetter => ({
  consumer: RELAY,
  version: 1,
  logId: "",
  message: {
    ...message,
    partition: shardOf(message.key),
    position: row,
    next: row,
    timestamp: now,
  },
  reason: "refused",
  detail: error.message.slice(0, 1000),
  attempts: 1,
  at: now,
  ordered: false,
});
