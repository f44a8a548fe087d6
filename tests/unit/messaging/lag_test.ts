import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createLagReader } from "@/application/messaging/consuming/lag.ts";
import { stallOf } from "@/application/messaging/consuming/stalls.ts";
import type { Cursor, Owner } from "@/application/messaging/wire/event_log.ts";

const SELF: Owner = { kind: "self", name: "me" };
const OTHER: Owner = { kind: "suite", name: "sibling" };
const STRANGER: Owner = { kind: "stranger", name: "rogue at /10.0.0.9" };

/** A topic of two partitions whose ends, positions and owners the test sets. */
function world() {
  const state = {
    at: 1_000_000,
    gone: false,
    partitions: [0, 1],
    ends: new Map([[0, 0], [1, 0]]),
    next: new Map<number, number>(),
    owners: new Map<string, Owner>([["t/0", SELF], ["t/1", SELF]]),
    waitingSince: undefined as number | undefined,
  };
  const cursor = (partition: number): Cursor => (
    { topic: "t", partition, next: state.next.has(partition) ? String(state.next.get(partition)) : undefined }
  );
  const lag = createLagReader({
    topics: ["t"],
    log: {
      partitions: (topics) =>
        state.gone ? Promise.reject(new Error("gone")) : Promise.resolve(
          topics.flatMap((topic) =>
            state.partitions.map((partition) => ({ topic, partition, first: "0", whole: true }))
          ),
        ),
      lag: (cursors) =>
        Promise.resolve(cursors.map(({ partition, next }) => state.ends.get(partition)! - Number(next ?? 0))),
    },
    stored: () => Promise.resolve([...state.next.keys()].map(cursor)),
    own: () => state.waitingSince === undefined ? [] : [{ ...cursor(0), waitingSince: state.waitingSince }],
    owners: () => Promise.resolve(state.owners),
    clock: { now: () => state.at, sleep: () => Promise.resolve() },
  });
  /** Looks every five seconds, as a service does. */
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      state.at += 5_000;
      await lag().catch(() => {});
    }
    return await lag();
  };
  const stalls = async () => (await lag()).flatMap((one) => stallOf(one) ?? []);
  return { state, lag, pass, stalls };
}

describe("the lag of a consumer", () => {
  it("is that of all partitions, whoever owns them, also of one that was added since", async () => {
    const { state, lag } = world();
    state.ends = new Map([[0, 4], [1, 7], [2, 3]]);
    state.next.set(0, 1).set(1, 5);
    state.owners.set("t/1", OTHER);
    expect((await lag()).map(({ messages }) => messages)).toEqual([3, 2]);
    state.partitions = [0, 1, 2];
    expect((await lag()).map(({ partition, messages, next }) => [partition, messages, next])).toEqual([
      [0, 3, "1"],
      [1, 2, "5"],
      [2, 3, undefined],
    ]);
  });

  it("in seconds is the age of what was delivered, else the time since the partition was empty, got on or was first seen", async () => {
    const { state, lag, pass } = world();
    const seconds = async () => (await lag())[0]!.seconds;
    state.ends.set(0, 3);
    expect(await seconds()).toBe(0);
    await pass(10);
    expect(await seconds()).toBe(10);
    state.next.set(0, 1);
    await pass(5);
    // It got on at some time since the look before.
    expect(await seconds()).toBe(5);
    state.waitingSince = state.at - 60_000;
    expect(await seconds()).toBe(60);
    state.waitingSince = undefined;
    state.next.set(0, 3);
    await pass(5);
    expect(await seconds()).toBe(0);
    state.at += 5_000;
    state.ends.set(0, 4);
    expect(await seconds()).toBe(5);
  });
});

describe("a partition stands still", () => {
  it("when messages wait for long and its position does not move; each move starts again", async () => {
    const { state, pass, stalls } = world();
    state.ends.set(0, 5);
    await pass(10);
    expect(await stalls()).toEqual([]);
    state.next.set(0, 1);
    await pass(15);
    expect(await stalls()).toEqual([]);
    await pass(5);
    expect(await stalls()).toEqual(["t/0 stands still: 4 messages have waited for 15 s"]);
    state.next.set(0, 5);
    await pass(60);
    expect(await stalls()).toEqual([]);
  });

  it("when a stranger has it, which is named; not when another process of the suite has it, which says so itself", async () => {
    const { state, pass, stalls } = world();
    state.ends = new Map([[0, 5], [1, 6]]);
    state.owners = new Map([["t/0", STRANGER], ["t/1", OTHER]]);
    await pass(20);
    expect(await stalls()).toEqual([
      "t/0 stands still: 5 messages have waited for 15 s, " +
      "as a member of the group that is not of this suite has it (rogue at /10.0.0.9)",
    ]);
  });

  it("when nobody owns it for longer than a session, also while nothing waits", async () => {
    const { state, pass, stalls } = world();
    state.owners = new Map([["t/0", SELF]]);
    await pass(10);
    expect(await stalls()).toEqual([]);
    await pass(10);
    expect(await stalls()).toEqual(["nobody has read t/1 for 15 s"]);
  });

  it("not for an outage, a sleep of the process or a clock that was set", async () => {
    for (const harm of ["outage", "sleep", "set back"] as const) {
      const { state, pass, stalls } = world();
      state.ends.set(0, 5);
      state.owners = new Map([["t/0", SELF]]);
      await pass(10);
      if (harm === "outage") {
        state.gone = true;
        await pass(30).catch(() => {});
        state.gone = false;
      } else state.at += harm === "sleep" ? 600_000 : -172_800_000;
      await pass(10);
      expect([harm, await stalls()]).toEqual([harm, []]);
      await pass(10);
      expect([harm, (await stalls()).length]).toEqual([harm, 2]);
    }
  });
});
