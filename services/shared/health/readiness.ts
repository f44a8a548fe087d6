import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { withTimeout } from "@/application/shared/concurrency/timeout.ts";
import type { Backlog } from "@/application/messaging/outbox/backlog.ts";
import type { RunningConsumer } from "@/application/messaging/consuming/consumer.ts";
import type { Lag } from "@/application/messaging/consuming/lag.ts";
import { stallOf } from "@/application/messaging/consuming/stalls.ts";
import { Backlogged, messageOf } from "@/application/faults.ts";
import type { Clock, Store } from "@/application/ports.ts";
import { type EventLog, partitionName } from "@/application/messaging/wire/event_log.ts";
import type { OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { Relay } from "@/application/messaging/outbox/relay.ts";
import { SHARDS } from "@/application/messaging/outbox/shards.ts";
import { CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { isKept } from "@/services/retention.ts";

/** Whether a dependency works, and details of its state. */
export type Part = { ok: boolean; detail?: string | undefined; [fact: string]: unknown };
export type Check = (verbose: boolean) => Part | Promise<Part>;
export type Readiness = { ready: boolean; parts: Record<string, Part> };

/** The time limit of a check, after which the dependency counts as not ready. */
const CHECK_TIMEOUT_MS = 2_000;
/** How long the details of a verbose answer may take. */
const DETAILS_TIMEOUT_MS = 1_000;

/** Checks all parts concurrently. The service is ready when all are. A part that throws or times out is not. */
export async function readiness(checks: Record<string, Check>, clock: Clock, verbose: boolean): Promise<Readiness> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<[string, Part]> => {
      try {
        return [name, await withTimeout(CHECK_TIMEOUT_MS, clock, Promise.resolve().then(() => check(verbose)))];
      } catch (error) {
        return [name, { ok: false, detail: messageOf(error) }];
      }
    }),
  );
  return { ready: parts.every(([, { ok }]) => ok), parts: Object.fromEntries(parts) };
}

/** Checks a store. It is ready when it answers. Verbose: its approximate size. */
export const storePart = (store: Pick<Store, "ping" | "size">): Check => async (verbose) => {
  await store.ping();
  return verbose ? { ok: true, bytes: await store.size() } : { ok: true };
};

/** Checks the log, at most once a second. It is ready when it answers. Verbose: its size, when the suite stores it itself. */
export function logPart(log: EventLog, clock: Clock): Check {
  const ask = cacheFor(() => log.lag([{ topic: CATALOG_TOPICS.events, partition: 0, next: undefined }]), 1_000, clock);
  return async (verbose) => {
    await ask();
    return verbose && isKept(log) ? { ok: true, bytes: await log.size() } : { ok: true };
  };
}

/**
 * Checks a consumer. It is ready when it has joined its group and no partition is stalled. Partitions of another process of the suite
 * are reported by that process. Verbose: all partitions with their lag.
 */
export const consumerPart = (consumer: RunningConsumer, clock: Clock): Check => async (verbose): Promise<Part> => {
  const lags = await withTimeout(DETAILS_TIMEOUT_MS, clock, consumer.lag()).catch((): Lag[] => []);
  const { healthy, heldSince, joined, reachable, failing, halted, stuck, handled, skipped, parked } = consumer.state();
  const faults = [
    ...(joined ? [] : ["has not joined its group yet"]),
    ...(reachable ? [] : ["the log does not answer"]),
    ...(failing === undefined ? [] : [failing]),
    ...halted.map((name) => `the log has a gap in ${name}`),
    ...stuck.map(({ name, position, reason, remedy }) =>
      `cannot read ${name} on from ${position}: ${reason}; ${remedy}`
    ),
    ...(healthy ? [] : ["holds, see the log line consumer-held"]),
  ];
  // Halted, stuck and held partitions are already reported.
  const said = new Set([...halted, ...stuck.map(({ name }) => name)]);
  const stalls = healthy
    ? lags.filter((one) => !said.has(partitionName(one))).flatMap((one) => stallOf(one) ?? [])
    : [];
  const part: Part = { ...saying([...faults, ...stalls]), ...since(heldSince) };
  if (!verbose) return part;
  const partitions = lags.map((one) => ({
    partition: partitionName(one),
    owner: ownerOf(one),
    position: one.next ?? null,
    lag_messages: one.messages,
    lag_seconds: one.seconds,
    stands_seconds: one.stalledMs / 1_000,
    halted: halted.includes(partitionName(one)),
    stuck_at: stuck.find(({ name }) => name === partitionName(one))?.position ?? null,
  }));
  return { ...part, handled, skipped, parked, partitions };
};

/** Returns the owner of a partition: this process, another one of the suite, a foreign member by its name, or nobody. */
const ownerOf = ({ owner }: Lag): string =>
  owner === undefined
    ? "nobody"
    : owner.kind === "self"
    ? "this process"
    : owner.kind === "suite"
    ? "another process"
    : owner.name;

/** The longest round of the relay: several appends, each with its pause. */
const MAX_ROUND_MS = 30_000;

/** Checks a relay. It is ready when it makes rounds and every shard has a relay. Verbose: its counts and shards. */
export const relayPart = (relay: Relay): Check => (verbose): Part => {
  const { healthy, heldSince, stuckMs, vacant, relayed, refused, shards } = relay.state();
  const faults = [
    ...(healthy ? [] : ["holds, see the log line relay-held"]),
    ...(healthy && stuckMs >= MAX_ROUND_MS ? [`has not come round for ${Math.floor(stuckMs / 1_000)} s`] : []),
    ...(vacant.length === 0 ? [] : [`no relay has ${vacant.length} of the ${SHARDS} shards of the outbox`]),
  ];
  const part: Part = { ...saying(faults), ...since(heldSince) };
  return verbose ? { ...part, relayed, refused, shards: `${shards} of ${SHARDS}` } : part;
};

/** Checks the outbox. It is ready while it is below its limit. Verbose: how many messages wait. */
export const outboxPart = (backlog: Backlog, outbox: OutboxQueue): Check => async (verbose): Promise<Part> => {
  const fault = await backlog.check().then(() => undefined, (error: unknown) => {
    if (error instanceof Backlogged) return error;
    throw error;
  });
  const part: Part = fault === undefined ? { ok: true } : { ok: false, detail: fault.message };
  if (!verbose) return part;
  const [rows, age] = [await outbox.size(), await outbox.ageMs()];
  return { ...part, rows, oldest_seconds: (age ?? 0) / 1_000 };
};

const saying = (faults: string[]): Part =>
  faults.length === 0 ? { ok: true } : { ok: false, detail: faults.join("; ") };
const since = (time: number | undefined) => (time === undefined ? {} : { held_since: new Date(time).toISOString() });
