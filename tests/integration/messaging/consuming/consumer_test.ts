import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { Unavailable } from "@/application/faults.ts";
import { createCommandSink } from "@/application/messaging/commands/command_sink.ts";
import type { Sink } from "@/application/messaging/consuming/sink.ts";
import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { TrendStores } from "@/application/trend/ports.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";
import { byHand, consumer, quick, viewed } from "@/tests/support/trend/trend_consumer.ts";

describe("a consumer", () => {
  it("counts what is delivered again once, as the position moved with the effects", async () => {
    const { log, subscriptions, batch } = byHand();
    const one = await consumer(log);
    await subscriptions[0]!.open(TOPICS.activityEvents, 0);
    expect(await subscriptions[0]!.handle(batch(0, "r1", "r2"))).toBe("2");
    await expect(subscriptions[0]!.handle(batch(0, "r3", "r4"))).rejects.toThrow(
      /delivered from undefined, wanted from 2/,
    );
    // After a crash the next owner is told to read on behind what was stored.
    const again = await consumer(log, { store: one.store, owner: "two" });
    expect(await subscriptions[1]!.open(TOPICS.activityEvents, 0)).toBe("2");
    expect(await again.tally()).toBe(2);
  });

  it("a zombie that goes on after another has claimed its partition changes nothing", async () => {
    const { log, subscriptions, batch } = byHand();
    const zombie = await consumer(log);
    const fresh = await consumer(log, { store: zombie.store, owner: "two" });
    await subscriptions[0]!.open(TOPICS.activityEvents, 0);
    await subscriptions[0]!.handle(batch(0, "r1"));
    expect(await subscriptions[1]!.open(TOPICS.activityEvents, 0)).toBe("1");
    await expect(subscriptions[0]!.handle(batch(1, "r2"))).rejects.toThrow(/no longer owns/);
    expect(await fresh.tally()).toBe(1);
    expect(await subscriptions[1]!.handle(batch(1, "r2"))).toBe("2");
    expect(await fresh.tally()).toBe(2);
    expect(zombie.state().healthy).toBe(true);
  });

  it("finds the one message of a chunk that cannot be handled, parks it with its bytes, and counts the others", async () => {
    const log = createMemoryLog({ partitions: 1 });
    const sink = (inner: Sink<TrendStores>): Sink<TrendStores> => ({
      ...inner,
      handle: (handling) =>
        handling.received.some(({ envelope }) => envelope.id === "e5")
          ? Promise.reject(new TypeError("a bug"))
          : inner.handle(handling),
    });
    await log.append(Array.from({ length: 9 }, (_, at) => viewed(`e${at}`, `r${at}`)));
    const one = await consumer(log, { sink });
    await eventually(async () => await one.tally() === 8);
    const letters = await eventually(async () => {
      const all = await one.letters();
      return all.length > 0 && all;
    });
    expect(letters.map(({ reason, detail, attempts }) => [reason, detail, attempts])).toEqual([["failed", "a bug", 4]]);
    expect(text(letters[0]!.message.value)).toBe('{"reader":"r5","book":"b"}');
    expect(one.state().parked).toBe(1);
    await one.stop();
  });

  it("a command that fails for good is parked and answered by command-failed, with its correlation id", async () => {
    const log = createMemoryLog({ partitions: 1 });
    const store = createMemoryWebStore();
    const books = {
      ...store,
      uow: {
        run: <Value>(work: Parameters<typeof store.uow.run<Value>>[0]) =>
          store.uow.run<Value>((stores) =>
            work({
              ...stores,
              books: {
                ...stores.books,
                get: (id) => id === "bad" ? Promise.reject(new TypeError("a bug")) : stores.books.get(id),
              },
            })
          ),
      },
    };
    const processor = catalogProcessor({ uow: books.uow, clock: quick, ids });
    const command = (id: string) => ({
      topic: TOPICS.catalogCommands,
      ...encode({
        id: `c-${id}`,
        source: "/t",
        type: CATALOG.addBook,
        correlationid: `cor-${id}`,
        data: { id, title: "T" },
      }, id),
    });
    await log.append(["one", "bad", "two"].map(command));
    const running = await startConsumer({
      name: "catalog-commands",
      version: 1,
      topics: [TOPICS.catalogCommands],
      log,
      uow: store.uow,
      sink: createCommandSink(processor),
      clock: quick,
      logger,
      owner: "one",
    });
    await eventually(async () => await store.outbox.size() === 3);
    const answers = (await store.outbox.read(ALL_SHARDS, { rows: 10, bytes: 100_000 })).map((
      { message },
    ) => [message.headers.ce_type, message.headers.ce_correlationid]);
    expect(answers.sort()).toEqual([[CATALOG.bookAdded, "cor-one"], [CATALOG.bookAdded, "cor-two"], [
      CATALOG.commandFailed,
      "cor-bad",
    ]]);
    const letters = await store.deadLetters.list({}, 0, 10);
    expect(letters.map(({ reason, detail }) => [reason, detail])).toEqual([["failed", "a bug"]]);
    await running.stop();
  });

  it("a command that was sent twice and fails twice is answered by one event", async () => {
    const store = createMemoryWebStore();
    const processor = catalogProcessor({ uow: store.uow, clock: quick, ids });
    const envelope = { id: "c1", source: "/t", type: CATALOG.addBook, data: { id: "b1" } };
    const nothing = () => Promise.resolve();
    const failed = [{ envelope, detail: "a bug" }];
    for (let at = 0; at < 2; at++) {
      await processor.handle([], { consumed: { failed, times: [], before: nothing, after: nothing } });
    }
    const rows = await store.outbox.read(ALL_SHARDS, { rows: 10, bytes: 100_000 });
    expect(rows.map(({ message }) => message.headers.ce_type)).toEqual([CATALOG.commandFailed, CATALOG.commandFailed]);
    expect(new Set(rows.map(({ message }) => message.headers.ce_id)).size).toBe(1);
  });

  it("holds while the store is gone, parks nothing, and goes on by itself", async () => {
    const log = createMemoryLog({ partitions: 1 });
    let gone = true;
    const sink = (inner: Sink<TrendStores>): Sink<TrendStores> => ({
      ...inner,
      handle: (handling) => gone ? Promise.reject(new Unavailable("gone")) : inner.handle(handling),
    });
    await log.append(Array.from({ length: 20 }, (_, at) => viewed(`e${at}`, `r${at}`)));
    const one = await consumer(log, { sink });
    await eventually(() => !one.state().healthy);
    gone = false;
    await eventually(async () => await one.tally() === 20);
    expect([one.state().healthy, (await one.letters()).length]).toEqual([true, 0]);
    await one.stop();
  });

  it("holds nothing any more once it finds that what it got no answer for was stored", async () => {
    const log = createMemoryLog({ partitions: 1 });
    let held = false;
    const sink = (inner: Sink<TrendStores>): Sink<TrendStores> => ({
      ...inner,
      async handle(handling) {
        await inner.handle(handling);
        held = true;
        throw new Unavailable("the answer was lost");
      },
    });
    await log.append([viewed("e1", "r1")]);
    const one = await consumer(log, { sink });
    await eventually(() => held && one.state().heldSince === undefined);
    expect([await one.tally(), one.state().healthy]).toEqual([1, true]);
    await one.stop();
  });

  it("refuses to read on in another log than the one its positions belong to", async () => {
    const first = createMemoryLog({ id: "first", partitions: 1 });
    await first.append([viewed("e1", "r1")]);
    const one = await consumer(first);
    await eventually(async () => await one.tally() === 1);
    await one.stop();
    await expect(consumer(createMemoryLog({ id: "second" }), { store: one.store })).rejects.toThrow(
      /has read log first, but the log here is second/,
    );
  });

  it("counts one view of a reader in an hour, however many events say so", async () => {
    const log = createMemoryLog({ partitions: 1 });
    await log.append([viewed("a", "r1"), viewed("b", "r1"), viewed("a", "r1"), viewed("c", "r2")]);
    const one = await consumer(log);
    await eventually(() => one.state().handled === 4);
    expect(await one.tally()).toBe(2);
    await one.stop();
  });
});
