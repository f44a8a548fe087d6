import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createRecorder } from "@/application/activity/recorder.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { Unavailable } from "@/application/faults.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import { silent } from "@/tests/support/samples.ts";

const act = (id: string): Envelope => ({ id, source: "/t", type: "t", correlationid: `cor-${id}`, data: {} });

/** A bus that stores a command when it is told to, or refuses it. */
function heldBus() {
  const held: { ids: string[]; asynchronous: boolean | undefined; store(): void; refuse(error: Error): void }[] = [];
  const dispatch: MessageBus["dispatch"] = (_topic, commands, options) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const ids = commands.map(({ id }) => id);
    held.push({ ids, asynchronous: options?.asynchronous, store: resolve, refuse: reject });
    return promise.then(() => []);
  };
  return { held, bus: { processors: [], dispatch } };
}

/** A clock that stands still until it is moved on; sleepers wake when their time has come. */
function heldClock() {
  const sleepers = new Set<{ until: number; wake: () => void }>();
  let now = 1_000;
  return {
    clock: {
      now: () => now,
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          sleepers.add({ until: now + milliseconds, wake: resolve });
          signal?.addEventListener("abort", () => resolve());
        }),
    },
    async pass(milliseconds: number) {
      now += milliseconds;
      for (const sleeper of sleepers) {
        if (sleeper.until > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await isDone(Promise.resolve());
    },
  };
}

/** Whether a promise is resolved once everything that can go on has gone on. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return done;
}

const setUp = (options: { maxWaiting?: number } = {}) => {
  const said: unknown[] = [];
  const logger = { ...silent, warn: (event: string, facts?: object) => void said.push([event, facts]) };
  const [{ bus, held }, { clock, pass }] = [heldBus(), heldClock()];
  return { recorder: createRecorder({ bus, clock, logger, ...options }), held, pass, said };
};

describe("a recorder", () => {
  it("answers before the act is stored, and stores the first one of a quiet time at once", async () => {
    const { recorder, held, pass } = setUp();
    await recorder.record(act("a"));
    expect(held.length).toBe(0);
    await pass(0);
    // Nobody was told that it is stored.
    expect(held.map(({ ids, asynchronous }) => ({ ids, asynchronous }))).toEqual([{ ids: ["a"], asynchronous: true }]);
    await pass(25);
    await recorder.record(act("b"));
    await pass(0);
    expect(held.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
  });

  it("stores together what comes within 25 ms of a group of several, also while that one is being stored", async () => {
    const { recorder, held, pass } = setUp();
    for (const id of ["a", "b"]) await recorder.record(act(id));
    await pass(0);
    await pass(10);
    await recorder.record(act("c"));
    await pass(14);
    await recorder.record(act("d"));
    expect(held.map(({ ids }) => ids)).toEqual([["a", "b"]]);
    await pass(1);
    expect(held.map(({ ids }) => ids)).toEqual([["a", "b"], ["c", "d"]]);
    await recorder.record(act("e"));
    await pass(24);
    expect(held.length).toBe(2);
    await pass(1);
    expect(held.map(({ ids }) => ids)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  it("stores each of those that come alone at once: the first, and as many more as there are groups in three seconds", async () => {
    const { recorder, held, pass } = setUp();
    for (let at = 1; at <= 121; at++) {
      await recorder.record(act(String(at)));
      await pass(0);
      expect(held.length).toBe(at);
    }
    await recorder.record(act("after"));
    await pass(0);
    await recorder.record(act("with it"));
    await pass(24);
    expect(held.length).toBe(121);
    await pass(1);
    expect(held.at(-1)!.ids).toEqual(["after", "with it"]);
  });

  it("waits for nothing when the clock is set back", async () => {
    const { recorder, held, pass } = setUp();
    await recorder.record(act("a"));
    await pass(0);
    await pass(-3_600_000);
    await recorder.record(act("b"));
    await pass(25);
    expect(held.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
  });

  it("stores at once what is given when it is told to, and then says so", async () => {
    const { recorder, held, pass } = setUp();
    await recorder.record(act("a"));
    await pass(25);
    await recorder.record(act("b"));
    const flushed = recorder.flush();
    await isDone(flushed);
    expect(held.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
    held[0]!.store();
    expect(await isDone(flushed)).toBe(false);
    held[1]!.store();
    expect(await isDone(flushed)).toBe(true);
  });

  it("lets an answer wait for its act while as many wait as may", async () => {
    const { recorder, held, pass } = setUp({ maxWaiting: 2 });
    await recorder.record(act("a"));
    await pass(25);
    await recorder.record(act("b"));
    const third = recorder.record(act("c"));
    await pass(25);
    expect(await isDone(third)).toBe(false);
    held[1]!.store();
    expect(await isDone(third)).toBe(true);
    held[0]!.store();
    await isDone(recorder.flush());
    expect(await isDone(recorder.record(act("d")))).toBe(true);
  });

  it("stores each act of a group alone when they cannot be stored together", async () => {
    const { recorder, held, pass, said } = setUp();
    for (const id of ["a", "b"]) await recorder.record(act(id));
    await pass(25);
    held[0]!.refuse(new Error("one is bad"));
    await isDone(Promise.resolve());
    expect(held.map(({ ids }) => ids)).toEqual([["a", "b"], ["a"], ["b"]]);
    held[1]!.refuse(new Error("bad"));
    held[2]!.store();
    await recorder.flush();
    expect(said).toEqual([["act-not-recorded", { correlation: "cor-a", reason: "bad" }]]);
  });

  it("says what it could not store, rejects nothing, and tries nothing again that an outage may have stored", async () => {
    const { recorder, held, pass, said } = setUp();
    for (const id of ["a", "b"]) await recorder.record(act(id));
    await pass(25);
    held[0]!.refuse(new Unavailable("full"));
    await recorder.flush();
    expect(held.length).toBe(1);
    expect(said).toEqual(
      ["cor-a", "cor-b"].map((correlation) => ["act-not-recorded", { correlation, reason: "full" }]),
    );
  });
});
