import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import type { Logger } from "@/application/ports.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { timed, until } from "@/bench/report.ts";
import { viewsOf } from "@/bench/views.ts";

type SuiteClient = {
  /** `sent`: milliseconds until the outbox was empty again; `read`: until the consumer had everything. */
  deliver(count: number): Promise<{ sent: number; read: number }>;
  close(): Promise<void>;
};

/** The suite's way through the log: an outbox, its relay, and a member of a group, which only notes what it reads. */
export async function startSuiteClient(
  { brokers, prefix, folder, partitions, logger }: {
    brokers: string[];
    prefix: string;
    folder: string;
    partitions: number;
    logger: Logger;
  },
): Promise<SuiteClient> {
  const topic = TOPICS.activityEvents;
  const store = await openAdapters(readSettings({ DATA_DIR: folder }, []), logger).web();
  const log = openKafkaLog({ brokers, clientId: "bench", prefix, logger, clock }, {
    topics: [topic],
    partitions,
    replicas: brokers.length,
  });
  await log.id();
  const seen = new Set<string>();
  const positions = new Map<number, string>();
  const member = log.subscribe({
    group: "bench",
    topics: [topic],
    open: (_, partition) => Promise.resolve(positions.get(partition)),
    handle({ partition, messages }) {
      for (const { headers } of messages) seen.add(String(headers.ce_id));
      positions.set(partition, messages.at(-1)!.next);
      return Promise.resolve(messages.at(-1)!.next);
    },
  });
  const relay = startRelay({ ...store, changes: store.changes(), log, clock, logger, owner: ids.fresh() });
  await member.joined;
  return {
    async deliver(count) {
      const messages = [...viewsOf(count)].flat().map((view) => ({ topic, ...view }));
      const from = performance.now();
      await store.uow.run(({ outbox }) => outbox.add(messages));
      const readAll = timed(() =>
        until(() => Promise.resolve(messages.every(({ headers }) => seen.has(headers.ce_id!))), 20)
      );
      await until(async () => await store.outbox.size() === 0, 20);
      const sent = performance.now() - from;
      await readAll;
      return { sent, read: performance.now() - from };
    },
    async close() {
      await relay.stop();
      await member.stop();
      await log.close();
      await store.close();
    },
  };
}
