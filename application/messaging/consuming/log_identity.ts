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
    }, but the log here is ${logId}: its positions mean nothing in it. ` +
      `Point the service at the log it has read, or give it an empty store.`,
  );
}
