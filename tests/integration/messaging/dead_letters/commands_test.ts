import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { activityProcessor } from "@/application/activity/processor.ts";
import { withFirstResults } from "@/services/web/first_results.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { startConsumer } from "@/application/messaging/consuming/consumer.ts";
import { discard } from "@/application/messaging/dead_letters/replay.ts";
import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import { createCommandSink } from "@/application/messaging/commands/command_sink.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { all, event, quickClock } from "@/tests/support/messaging/dead_letters.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";

describe("a command that is parked", () => {
  it("is answered once: by command-failed, also when it waited and is discarded", async () => {
    const [store, log, clock] = [createMemoryWebStore(), createMemoryLog({ partitions: 1 }), quickClock()];
    const inner = createCommandSink(catalogProcessor({ uow: store.uow, clock, ids }));
    const sink: typeof inner = {
      ...inner,
      handle: (handling) =>
        handling.received.some(({ envelope }) => envelope.id === "c1")
          ? Promise.reject(new TypeError("a bug"))
          : inner.handle(handling),
    };
    const command = (id: string, type: string) =>
      event(TOPICS.catalogCommands, type, id, "b1", { id: "b1", title: "T" });
    await log.append([command("c1", CATALOG.addBook), command("c2", CATALOG.addBook)]);
    const consumer = await startConsumer({
      name: "catalog-commands",
      version: 1,
      topics: [TOPICS.catalogCommands],
      log,
      uow: store.uow,
      sink,
      clock,
      logger,
      owner: "one",
    });
    await eventually(() => consumer.state().parked === 2);
    const replayDeps = { deadLetters: store.deadLetters, sinks: { "catalog-commands": () => sink }, clock, logger };
    await all(discard(replayDeps));
    const answers = (await store.outbox.read(ALL_SHARDS, { rows: 10, bytes: 100_000 })).map((
      { message: { headers, key } },
    ) => [
      headers.ce_type,
      headers.ce_correlationid,
      text(key),
    ]);
    expect(answers).toEqual([[CATALOG.commandFailed, "cor-c1", "b1"], [CATALOG.commandFailed, "cor-c2", "b1"]]);
    await consumer.stop();
  });

  it("of a reader goes when the reader is erased over HTTP's way, also what was parked after an earlier erasure", async () => {
    const [store, clock] = [createMemoryWebStore(), quickClock()];
    const processor = activityProcessor({ uow: withFirstResults(store.uow), clock, ids });
    const { topic: _topic, ...encoded } = event(TOPICS.activityCommands, ACTIVITY.recordAct, "a", "r1", {});
    const erase = () =>
      processor.handle([{ id: "e", source: "/t", type: ACTIVITY.eraseReader, data: { reader: "r1" } }]);
    const park = () =>
      store.uow.run(({ deadLetters }) =>
        deadLetters.park({
          consumer: "activity-commands",
          version: 1,
          logId: "l",
          message: { topic: TOPICS.activityCommands, ...encoded, partition: 0, position: "0", next: "1", timestamp: 0 },
          reason: "failed",
          detail: "",
          attempts: 1,
          at: 0,
          ordered: true,
        })
      );
    for (let turn = 0; turn < 2; turn++) {
      await park();
      expect(await store.deadLetters.count()).toBe(1);
      await erase();
      expect(await store.deadLetters.count()).toBe(0);
    }
  });
});
