import type { UnitOfWork } from "@/application/ports.ts";
import type { ConsumerStores } from "./ports.ts";

/** Returns the ids of the logs in which the consumer has stored positions. */
export const readLogIds = (
  { name, uow }: { name: string; uow: UnitOfWork<Pick<ConsumerStores, "positions">> },
): Promise<string[]> => uow.run((stores) => stores.positions.logs(name));

/** Throws when a consumer has read other logs and not this one. */
export function refuseOtherLog(name: string, logs: string[], logId: string): void {
  if (logs.length === 0 || logs.includes(logId)) return;
  throw new Error(
    `the store of ${name} has read log ${
      logs.join(", ")
    }, but the log here is ${logId}. Connect the service to the log that it has read. ` +
      `If that log is lost, see "Recover a lost Kafka cluster" in docs/restore.md.`,
  );
}
