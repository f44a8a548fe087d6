import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import { startRelay } from "@/application/messaging/outbox/relay.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { message, silent as logger, text } from "@/tests/support/samples.ts";

type Sent = { key: string | null; value: string | null };

export const add = (store: WebStore, values: string[], key = (_value: string, _at: number): string => "k") =>
  store.uow.run(({ outbox }) =>
    outbox.add(values.map((value, at) => message(TOPICS.catalogEvents, key(value, at), value)))
  );

/** A relay whose pauses are short. */
export function relay(store: WebStore, log: EventLog, owner = "one", clock = quick, changes = store.changes()) {
  return startRelay({ ...store, changes, log, clock, logger, owner });
}
export const quick = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };

/** A log that stores messages after a hook has seen them. */
export function recording(onBatch?: (batch: Sent[]) => void | Promise<void>) {
  const sent: Sent[] = [];
  const log: EventLog = {
    ...createMemoryLog(),
    async append(messages) {
      const batch = messages.map((one) => ({ key: text(one.key), value: text(one.value) }));
      await onBatch?.(batch);
      sent.push(...batch);
    },
  };
  return { log, sent, values: () => sent.map(({ value }) => value) };
}

/** A clock that the test moves, for a store's leases and its relays. */
export function byHand() {
  let now = 1_000_000;
  return {
    now: () => now,
    clock: { now: () => now, sleep: quick.sleep },
    pass: (ms: number) => void (now += ms),
  };
}
