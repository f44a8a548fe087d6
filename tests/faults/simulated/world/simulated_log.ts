import type { MemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import type { MemoryConsumer } from "@/adapters/memory/messaging/group_member.ts";
import { Unavailable } from "@/application/faults.ts";
import type { Batch, Consumer, EventLog, Outgoing, Subscription } from "@/application/messaging/wire/event_log.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import { placeOf } from "@/tests/oracle/messages.ts";
import type { Random } from "@/application/shared/random.ts";
import type { Life } from "./scheduler.ts";
import type { Air } from "./simulated_store.ts";

/** The log as its servers keep it, with the members of its groups. */
export type Broker = { log: MemoryLog; down: boolean; members: Set<{ life: Life; consumer: MemoryConsumer }> };

/** How long a group waits for a member that is not heard of. */
const SESSION_MS = 3_000;

/** The log as one life of a process sees it: each call waits for its turn, and may go wrong. */
export function simulatedLog(
  broker: Broker,
  life: Life,
  { random, faults, marks, scheduler }: Air,
): EventLog & LogHistory {
  async function append(messages: Outgoing[]): Promise<void> {
    await life.turn();
    if (broker.down) throw new Unavailable("the log is down");
    const inOrder = faults.strike("reordered", life.name) ? reordered(messages, random) : messages;
    const cut = messages.length > 1 && faults.strike("appendCut", life.name);
    await broker.log.append(cut ? inOrder.slice(0, 1 + random.below(messages.length - 1)) : inOrder);
    let told = false;
    life.onCrash(() => !told && marks.reach("a process ends after its messages are stored and before it is told"));
    await life.turn();
    told = true;
    if (cut) throw new Unavailable("the log went away in between");
    if (faults.strike("appendAnswerLost", life.name)) throw new Unavailable("the log's answer was lost");
  }

  function subscribe(subscription: Subscription): Consumer {
    const handled = new Map<string, Batch>();
    async function open(topic: string, partition: number): Promise<string | undefined> {
      await life.turn();
      if (broker.down) throw new Unavailable("the log is down");
      const next = await subscription.open(topic, partition);
      await life.turn();
      return next;
    }
    async function handle(whole: Batch): Promise<string> {
      await life.turn();
      const earlier = handled.get(placeOf(whole));
      if (earlier !== undefined && faults.strike("redelivered", life.name)) {
        await subscription.handle(earlier).catch(() => {});
      }
      const batch = { ...whole, messages: whole.messages.slice(0, 1 + random.below(whole.messages.length)) };
      const next = await subscription.handle(batch);
      handled.set(placeOf(batch), batch);
      await life.turn();
      return faults.strike("rewound", life.name) ? batch.messages[0]!.position : next;
    }
    const consumer = broker.log.subscribe({ ...subscription, open, handle });
    const member = { life, consumer };
    broker.members.add(member);
    life.onCrash(() => {
      broker.members.delete(member);
      void consumer.stop();
      scheduler.after(SESSION_MS, consumer.expel);
    });
    return consumer;
  }

  /** A question that changes nothing. */
  const asking =
    <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      await life.turn();
      if (broker.down) throw new Unavailable("the log is down");
      const answer = await ask(...given);
      await life.turn();
      return answer;
    };

  const { lag, partitions, has, begins } = broker.log;
  return {
    ...broker.log,
    append,
    subscribe,
    lag: asking(lag),
    partitions: asking(partitions),
    has: asking(has),
    begins: asking(begins),
  };
}

/** The messages in another order; those of one key keep theirs. */
function reordered(messages: Outgoing[], random: Random): Outgoing[] {
  const queues = [...Map.groupBy(messages, ({ topic, key }) => `${topic} ${key}`).values()].map((queue) => [...queue]);
  const mixed: Outgoing[] = [];
  while (queues.length > 0) {
    const queue = random.pick(queues);
    mixed.push(queue.shift()!);
    if (queue.length === 0) queues.splice(queues.indexOf(queue), 1);
  }
  return mixed;
}
