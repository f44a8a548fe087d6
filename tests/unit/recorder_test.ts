import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createRecorder } from "@/application/activity/recorder.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import { silent } from "@/tests/support/samples.ts";

const act = (id: string): Envelope => ({ id, source: "/t", type: "t", correlationid: `cor-${id}`, data: {} });

/** A bus that stores a command when it is told to, or refuses it. */
function heldBus() {
  const held: { ids: string[]; store(): void; refuse(error: Error): void }[] = [];
  const dispatch: MessageBus["dispatch"] = (_topic, commands) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    held.push({ ids: commands.map(({ id }) => id), store: resolve, refuse: reject });
    return promise.then(() => []);
  };
  return { held, bus: { processors: [], dispatch } };
}

/** Whether a promise is resolved once everything that can go on has gone on. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return done;
}

describe("a recorder", () => {
  it("answers before the act is stored, and a flush waits for all that was given", async () => {
    const { bus, held } = heldBus();
    const recorder = createRecorder({ bus, logger: silent });
    await recorder.record(act("a"));
    await recorder.record(act("b"));
    expect(held.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
    const flushed = recorder.flush();
    held[0]!.store();
    expect(await isDone(flushed)).toBe(false);
    held[1]!.store();
    expect(await isDone(flushed)).toBe(true);
  });

  it("lets an answer wait for its act while as many wait as may", async () => {
    const { bus, held } = heldBus();
    const recorder = createRecorder({ bus, logger: silent, maxWaiting: 2 });
    await recorder.record(act("a"));
    await recorder.record(act("b"));
    const third = recorder.record(act("c"));
    expect(await isDone(third)).toBe(false);
    held[2]!.store();
    expect(await isDone(third)).toBe(true);
    held[0]!.store();
    await isDone(recorder.flush());
    expect(await isDone(recorder.record(act("d")))).toBe(true);
  });

  it("says what it could not store, and rejects nothing", async () => {
    const { bus, held } = heldBus();
    const said: unknown[] = [];
    const logger = { ...silent, warn: (event: string, facts?: object) => void said.push([event, facts]) };
    const recorder = createRecorder({ bus, logger });
    await recorder.record(act("a"));
    held[0]!.refuse(new Error("full"));
    await recorder.flush();
    expect(said).toEqual([["act-not-recorded", { correlation: "cor-a", reason: "full" }]]);
  });
});
