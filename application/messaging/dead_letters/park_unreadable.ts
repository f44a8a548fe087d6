import { Fenced } from "@/application/faults.ts";
import type { Clock, Logger } from "@/application/ports.ts";
import type { EventLog, StuckPartition } from "@/application/messaging/wire/event_log.ts";
import type { ConsumerStores, DeadLetter, PositionKey } from "@/application/messaging/consuming/ports.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import type { Sinks } from "./replay.ts";
import type { LogInspection, UnreadableRecord } from "./ports.ts";

type ParkDeps = {
  /** The sinks of the service's consumers. */
  sinks: Sinks;
  log: Pick<EventLog, "id"> & LogInspection;
  clock: Clock;
  logger: Logger;
};
/** The dependencies for one sink. */
type OneDeps = Omit<ParkDeps, "sinks"> & { sink: Sink<ConsumerStores> };
/** The undecodable record to park. `to`: the position to continue at. Everything before it is skipped. */
export type Unreadable = { topic: string; partition: number; position: string; to?: string };
/** `dryRun`: reports what would be parked, and parks nothing. */
type ParkRequest = Unreadable & { dryRun?: boolean };

/** The result for a version of a consumer. `elsewhere`: it is not stuck there. `moved`: its position has moved meanwhile. */
export type ParkResult = {
  consumer: string;
  version: number;
  came: "parked" | "would-be" | "elsewhere" | "moved";
  detail: string;
};

/** Parks the undecodable record at a position, for each version of each consumer that is stuck there. An operator asks for it. */
export async function* parkUnreadable(deps: ParkDeps, wanted: ParkRequest): AsyncGenerator<ParkResult> {
  const { topic, partition } = wanted;
  const logId = await deps.log.id();
  for (const [consumer, sinkOf] of Object.entries(deps.sinks)) {
    const place = { consumer, logId, topic, partition };
    for (const { version, next: from } of await versionsAt(sinkOf(1), place)) {
      const found = await parkFor({ ...deps, sink: sinkOf(version) }, { key: { ...place, version }, from, wanted });
      yield { consumer, version, ...found };
    }
  }
}

async function parkFor(
  deps: OneDeps,
  { key, from, wanted }: { key: PositionKey; from: string | undefined; wanted: ParkRequest },
): Promise<Pick<ParkResult, "came" | "detail">> {
  const { topic, partition, position } = wanted;
  const record = await deps.log.unreadableAt({ topic, partition, next: from });
  if (record === undefined) return { came: "elsewhere", detail: "it can read on" };
  const { reason } = record;
  if (record.position !== position) {
    return { came: "elsewhere", detail: `it is stuck at ${record.position}: ${reason}` };
  }
  const to = wanted.to ?? record.next;
  if (to === undefined) {
    return { came: "elsewhere", detail: `--to is wanted, as it is not known where this ends: ${reason}` };
  }
  if (wanted.dryRun) return { came: "would-be", detail: reason };
  return { came: await parkRecord(deps, { key, from, record, to }), detail: reason };
}

/**
 * Parks the record at which a rebuild is stuck when it was parked before in another version of the consumer, so that no operator is
 * asked twice. Returns false when it was not.
 */
export async function parkAgain(
  deps: OneDeps,
  { consumer, version, stuck }: { consumer: string; version: number; stuck: StuckPartition },
): Promise<boolean> {
  const at = stuck.name.lastIndexOf("/");
  const [topic, partition] = [stuck.name.slice(0, at), Number(stuck.name.slice(at + 1))];
  const place = { consumer, logId: await deps.log.id(), topic, partition };
  const { position } = stuck;
  let [from, wasParked]: [string | undefined, boolean] = [undefined, false];
  await inTransaction(deps.sink, async ({ positions, deadLetters }) => {
    from = (await positions.versionsAt(place)).find((one) => one.version === version)?.next;
    wasParked = await deadLetters.wasParked({ ...place, position });
  });
  if (!wasParked) return false;
  const record = await deps.log.unreadableAt({ topic, partition, next: from });
  // The position has moved, so the consumer is no longer stuck there.
  if (record?.position !== position) return true;
  if (record.next === undefined) return false;
  await parkRecord(deps, { key: { ...place, version }, from, record, to: record.next });
  return true;
}

type Step = { key: PositionKey; from: string | undefined; record: UnreadableRecord; to: string };

/**
 * Parks the record and moves the position behind it, in one transaction. Claims the partition, so that a running consumer is fenced
 * and opens it again.
 */
async function parkRecord(
  { sink, clock, logger }: Omit<OneDeps, "log">,
  { key, from, record, to }: Step,
): Promise<"parked" | "moved"> {
  const { consumer, version, topic, partition } = key;
  try {
    await inTransaction(sink, async ({ positions, deadLetters }) => {
      const { next } = await positions.claim(key, "operator");
      if (next !== from) throw new Fenced(`${consumer} has moved on to ${next}`);
      await deadLetters.park(deadLetterOf(key, { record, to, now: clock.now() }));
      await positions.move([{ key, next: to }]);
    });
  } catch (error) {
    if (error instanceof Fenced) return "moved";
    throw error;
  }
  const { position, reason } = record;
  logger.warn("unreadable-parked", { consumer, version, topic, partition, position, next: to, reason });
  return "parked";
}

function deadLetterOf(
  { consumer, version, logId, topic, partition }: PositionKey,
  { record, to, now }: { record: UnreadableRecord; to: string; now: number },
): DeadLetter {
  const { position, next, reason, ...message } = record;
  const passed = to === next ? "" : `; passed over up to position ${to}`;
  return {
    consumer,
    version,
    logId,
    message: { topic, partition, position, next: to, ...message },
    reason: "undecodable",
    detail: (reason + passed).slice(0, 1000),
    attempts: 1,
    at: now,
    ordered: false,
  };
}

async function versionsAt(sink: Sink<ConsumerStores>, place: Omit<PositionKey, "version">) {
  let found: { version: number; next: string | undefined }[] = [];
  await inTransaction(sink, async ({ positions }) => {
    found = await positions.versionsAt(place);
  });
  return found;
}

/** Runs work in a transaction of a sink that handles nothing. */
const inTransaction = (sink: Sink<ConsumerStores>, work: (stores: ConsumerStores) => Promise<void>) =>
  sink.handle({ received: [], failed: [], before: work, after: () => Promise.resolve() });
