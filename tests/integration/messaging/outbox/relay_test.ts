import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { createBus } from "@/application/messaging/commands/bus.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { Refused, Unavailable } from "@/application/faults.ts";
import { replay } from "@/application/messaging/dead_letters/replay.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Changes } from "@/application/ports.ts";
import { HOUR } from "@/domain/hours.ts";
import { webSinks } from "@/services/web/app.ts";
import { all } from "@/tests/support/messaging/dead_letters.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";
import { add, quick, recording, relay } from "@/tests/support/messaging/relays.ts";

describe("the relay", () => {
  it("sends rows in their order and leaves the outbox empty", async () => {
    const store = createMemoryWebStore();
    await add(store, ["1", "2"]);
    const { log, values } = recording();
    const running = relay(store, log);
    await add(store, ["3"]);
    await eventually(async () => await store.outbox.size() === 0);
    expect(values()).toEqual(["1", "2", "3"]);
    await running.stop();
  });

  it("keeps rows while the log is gone, says so, and sends all of them in order afterwards", async () => {
    const store = createMemoryWebStore();
    let gone = true;
    const { log, values } = recording(() => {
      if (gone) throw new Unavailable("the log is gone");
    });
    const running = relay(store, log);
    await add(store, ["1", "2"]);
    await eventually(() => !running.state().healthy);
    await add(store, ["3"]);
    expect([values(), await store.outbox.size()]).toEqual([[], 3]);
    gone = false;
    await eventually(() => values().length === 3);
    expect(values()).toEqual(["1", "2", "3"]);
    await eventually(() => running.state().healthy);
    await running.stop();
  });

  it("sends at once when something is stored, however long nothing was", async () => {
    const store = createMemoryWebStore();
    const waits: number[] = [];
    let waitsBefore = 0;
    const { log, values } = recording(() => void (waitsBefore = waits.length));
    const real = store.changes();
    const changes: Changes = {
      // Waits grow while nothing is stored, and pass at once here; the longest one ends by a change alone.
      wait(atMost, signal) {
        waits.push(atMost);
        return waits.at(-2) === atMost ? real.wait(HOUR, signal) : Promise.resolve();
      },
    };
    const running = relay(store, log, "one", systemClock, changes);
    await eventually(() => waits.length > 2 && waits.at(-1) === waits.at(-2));
    const waited = waits.length;
    await add(store, ["1"]);
    await eventually(() => values().length === 1);
    expect(waitsBefore).toBe(waited);
    await running.stop();
  });

  it("sets a row that the log refuses aside with its bytes, and sends all others in their order", async () => {
    const store = createMemoryWebStore();
    const bad = new Set(["17", "18", "40"]);
    const { log, values } = recording((batch) => {
      if (batch.some(({ value }) => bad.has(value!))) throw new Refused("MESSAGE_TOO_LARGE: wanted less");
    });
    const all = Array.from({ length: 41 }, (_, at) => String(at));
    await add(store, all, (_, at) => `k${at % 3}`);
    const running = relay(store, log);
    await eventually(async () => await store.outbox.size() === 0);
    for (const key of [0, 1, 2]) {
      const own = (value: string | null) => Number(value) % 3 === key;
      expect(values().filter(own)).toEqual(all.filter((value) => own(value) && !bad.has(value)));
    }
    expect(values().length).toBe(38);
    const letters = await store.deadLetters.list({}, 0, 10);
    const byValue = letters.toSorted((a, b) => Number(text(a.message.value)) - Number(text(b.message.value)));
    expect(byValue.map(({ consumer, reason, detail, message }) => [consumer, reason, detail, text(message.value)]))
      .toEqual(["17", "18", "40"].map((value) => ["relay", "refused", "MESSAGE_TOO_LARGE: wanted less", value]));
    expect(byValue.map(({ message: { topic, key } }) => [topic, text(key)])).toEqual([
      [TOPICS.catalogEvents, "k2"],
      [TOPICS.catalogEvents, "k0"],
      [TOPICS.catalogEvents, "k1"],
    ]);
    expect(running.state()).toMatchObject({ healthy: true, relayed: 38, refused: 3 });
    await running.stop();
  });

  it("a row that was refused is sent when its dead letter is replayed", async () => {
    const store = createMemoryWebStore();
    let small = true;
    const { log, sent } = recording((batch) => {
      if (small && batch.some(({ value }) => value === BIG)) throw new Refused("too large");
    });
    const BIG = JSON.stringify({ text: "x".repeat(100) });
    const event = { id: "e1", source: "/t", type: CATALOG.bookAdded, data: { text: "x".repeat(100) } };
    await store.uow.run(({ outbox }) => outbox.add([{ topic: TOPICS.catalogEvents, ...encode(event, "k") }]));
    const running = relay(store, log);
    const [letter] = await eventually(async () => {
      const letters = await store.deadLetters.list({}, 0, 10);
      return letters.length > 0 && letters;
    });
    small = false;
    const sinks = webSinks(createBus([]), { store, ids });
    const again = await all(replay({ deadLetters: store.deadLetters, sinks, clock: quick, logger }));
    expect(again).toEqual([{ id: letter!.id, came: "replayed" }]);
    await eventually(() => sent.length === 1);
    expect([sent, await store.deadLetters.count()]).toEqual([[{ key: "k", value: BIG }], 0]);
    await running.stop();
  });

  it("an outage while it looks for a refused row parks nothing", async () => {
    const store = createMemoryWebStore();
    let calls = 0;
    const { log, values } = recording((batch) => {
      if ([2, 4, 7, 9].includes(++calls)) throw new Unavailable("gone for a moment");
      if (batch.some(({ value }) => value === "bad")) throw new Refused("too large");
    });
    await add(store, ["1", "2", "bad", "3", "4"]);
    const running = relay(store, log);
    await eventually(async () => await store.outbox.size() === 0);
    expect([...new Set(values())]).toEqual(["1", "2", "3", "4"]);
    expect((await store.deadLetters.list({}, 0, 10)).length).toBe(1);
    await running.stop();
  });
});
