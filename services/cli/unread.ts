import type { ConsumerStores, PositionKey } from "@/application/messaging/consuming/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { UnitOfWork } from "@/application/ports.ts";

/** A consumer: the name and version of its positions, and the store that has them. */
export type Reader = Pick<PositionKey, "consumer" | "version"> & {
  uow: UnitOfWork<Pick<ConsumerStores, "positions">>;
};

/** Returns how many messages of the topics a consumer has not read. */
export async function unreadBy({ consumer, version, uow }: Reader, log: EventLog, topics: string[]): Promise<number> {
  const logId = await log.id();
  const read = await uow.run(({ positions }) => positions.list({ consumer, version, logId }));
  const positions = new Map(read.map(({ topic, partition, next }) => [`${topic}/${partition}`, next]));
  const cursors = (await log.partitions(topics)).map(({ topic, partition, first }) => ({
    topic,
    partition,
    next: positions.get(`${topic}/${partition}`) ?? first,
  }));
  return (await log.lag(cursors)).reduce((sum, one) => sum + one, 0);
}
