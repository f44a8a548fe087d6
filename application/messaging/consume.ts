import { decode } from "./codec.ts";
import { Fenced, messageOf, Unavailable } from "./faults.ts";
import type { ConsumerStores, Guard } from "./guard.ts";
import type {
  Batch,
  Clock,
  Consumer,
  EventLog,
  Incoming,
  Letter,
  Log,
  MemberState,
  PositionKey,
  UnitOfWork,
} from "./ports.ts";
import type { Received, Sink } from "./sink.ts";

export type ConsumerParts = {
  /** Names the consumer's positions, letters and group. */
  name: string;
  /** The version of the projection that is fed. */
  version: number;
  topics: string[];
  log: EventLog;
  uow: UnitOfWork<ConsumerStores>;
  sink: Sink;
  clock: Clock;
  logger: Log;
  /** Names this process among the owners. */
  owner: string;
};

export type ConsumerState = MemberState & {
  healthy: boolean;
  joined: boolean;
  handled: number;
  skipped: number;
  parked: number;
};

export interface RunningConsumer {
  joined: Promise<void>;
  state(): ConsumerState;
  stop(): Promise<void>;
}

/** Waits before a message that fails is tried again; then it is set aside. */
const RETRIES = [20, 100, 500];
const MINUTES_AHEAD = 5;

/**
 * Follows topics into a sink. The position moves in the transaction of the effects, guarded by an epoch, so that each
 * message has its effect once whatever crashes. Throws when the store's positions belong to another log.
 */
export async function startConsumer(parts: ConsumerParts): Promise<RunningConsumer> {
  const { name, version, topics, log, uow, sink, clock, logger, owner } = parts;
  const logId = await log.id();
  await refuseOtherLog(parts, logId);
  const claims = new Map<string, { next: string | undefined; epoch: number }>();
  const count = { handled: 0, skipped: 0, parked: 0 };
  let healthy = true;
  let joined = false;

  const keyOf = (topic: string, partition: number): PositionKey => ({
    consumer: name,
    version,
    logId,
    topic,
    partition,
  });

  async function open(topic: string, partition: number): Promise<string | undefined> {
    const claim = await uow.run((stores) => stores.positions.claim(keyOf(topic, partition), owner));
    claims.set(`${topic}/${partition}`, claim);
    return claim.next;
  }

  async function handle(batch: Batch): Promise<string> {
    try {
      const claim = claims.get(`${batch.topic}/${batch.partition}`);
      if (claim === undefined || claim.next !== batch.from) {
        throw new Fenced(`delivered from ${batch.from}, wanted from ${claim?.next}`);
      }
      for (let at = 0; at < batch.messages.length; at += sink.chunk) {
        await settle(batch.messages.slice(at, at + sink.chunk));
      }
      healthy = true;
      return batch.messages.at(-1)!.next;
    } catch (error) {
      healthy = error instanceof Fenced;
      logger.warn("consumer-held", {
        consumer: name,
        topic: batch.topic,
        partition: batch.partition,
        reason: messageOf(error),
      });
      throw error;
    }
  }

  /** Applies the messages; a chunk that fails is halved until the message at fault stands alone. */
  async function settle(messages: Incoming[]): Promise<void> {
    try {
      return await apply(messages, []);
    } catch (error) {
      if (error instanceof Fenced || error instanceof Unavailable) throw error;
      if (messages.length === 1) return await retryOrPark(messages[0]!, error);
      const half = Math.ceil(messages.length / 2);
      await settle(messages.slice(0, half));
      await settle(messages.slice(half));
    }
  }

  async function retryOrPark(message: Incoming, first: unknown): Promise<void> {
    let last = first;
    for (const pause of RETRIES) {
      await clock.sleep(pause);
      try {
        return await apply([message], []);
      } catch (error) {
        if (error instanceof Fenced || error instanceof Unavailable) throw error;
        last = error;
      }
    }
    await apply([], [letter(message, "failed", messageOf(last), RETRIES.length + 1)]);
  }

  /** One transaction: the effects, the letters and the position behind the last message of both. */
  async function apply(messages: Incoming[], letters: Letter[]): Promise<void> {
    const taken: Received[] = [];
    let skipped = 0;
    for (const message of messages) {
      const verdict = read(message);
      if (verdict === "skip") skipped++;
      else if ("reason" in verdict) letters.push(verdict);
      else taken.push(verdict);
    }
    const { topic, partition, next } = messages.at(-1) ?? letters.at(-1)!.message;
    await sink.handle(taken, guard(topic, partition, next, letters));
    claims.get(`${topic}/${partition}`)!.next = next;
    count.handled += taken.length;
    count.skipped += skipped;
    count.parked += letters.length;
    for (const { message, reason, detail } of letters) {
      logger.error("message-parked", { consumer: name, topic, partition, position: message.position, reason, detail });
    }
  }

  function read(message: Incoming): Received | Letter | "skip" {
    const decoded = decode(message);
    if (!decoded.ok) return letter(message, "unreadable", decoded.error, 1);
    const time = decoded.value.time === undefined ? message.timestamp : Date.parse(decoded.value.time);
    const received = { envelope: decoded.value, message, time };
    const verdict = sink.judge(received);
    if (verdict === "skip") return "skip";
    if (verdict !== "take") return letter(message, verdict.reason, verdict.detail, 1);
    if (time > clock.now() + MINUTES_AHEAD * 60_000) {
      return letter(
        message,
        "time-ahead",
        `time: wanted at most ${MINUTES_AHEAD} minutes ahead, found ${decoded.value.time}`,
        1,
      );
    }
    return received;
  }

  function guard(topic: string, partition: number, next: string, letters: Letter[]): Guard {
    const key = keyOf(topic, partition);
    const claim = claims.get(`${topic}/${partition}`);
    return {
      failed: letters.flatMap(({ reason, message, detail }) => {
        const decoded = decode(message);
        return reason === "failed" && decoded.ok ? [{ envelope: decoded.value, detail }] : [];
      }),
      async begin({ positions }) {
        const stored = await positions.lock(key);
        if (claim === undefined || stored?.epoch !== claim.epoch || stored.next !== claim.next) {
          throw new Fenced(`${name} no longer owns ${topic}/${partition}`);
        }
      },
      async end({ positions, deadLetters }) {
        for (const one of letters) await deadLetters.park(one);
        await positions.move(key, next);
      },
    };
  }

  const letter = (message: Incoming, reason: Letter["reason"], detail: string, attempts: number): Letter => ({
    consumer: name,
    message,
    reason,
    detail: detail.slice(0, 1000),
    attempts,
    at: clock.now(),
  });

  const consumer: Consumer = log.subscribe({ group: name, topics, open, handle });
  return {
    joined: consumer.joined.then(() => {
      joined = true;
    }),
    state: () => ({ healthy, joined, ...consumer.state(), ...count }),
    stop: () => consumer.stop(),
  };
}

async function refuseOtherLog({ name, uow }: ConsumerParts, logId: string): Promise<void> {
  const logs = await uow.run((stores) => stores.positions.logs(name));
  if (logs.length === 0 || logs.includes(logId)) return;
  throw new Error(
    `the store of ${name} has read log ${
      logs.join(", ")
    }, but the log here is ${logId}: its positions mean nothing in it. ` +
      `Point the service at the log it has read, or give it an empty store.`,
  );
}
