import { beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createTrendFeeds, type FeedState } from "@/application/trend/lists/trend_feed.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** A clock that a test turns on; sleepers that are due wake in their order. */
function handClock() {
  let now = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleepers,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const sleeper = {
          until: now + ms,
          wake() {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (signal?.aborted) return resolve();
        signal?.addEventListener("abort", sleeper.wake);
        sleepers.add(sleeper);
      }),
    async pass(ms: number) {
      for (const end = now + ms; now < end;) {
        now += 500;
        for (const one of [...sleepers]) if (one.until <= now) one.wake();
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      }
    },
  };
}

describe("feeds of trends", () => {
  let clock: ReturnType<typeof handClock>;
  let state: FeedState | Error;
  let reads: number;
  let feeds: ReturnType<typeof createTrendFeeds>;
  beforeEach(() => {
    clock = handClock();
    state = { id: "1", data: "one" };
    reads = 0;
    feeds = createTrendFeeds(() => {
      reads++;
      return state instanceof Error ? Promise.reject(state) : Promise.resolve(state);
    }, { most: 2, clock, logger });
  });
  /** A listener, with what it heard. `takes`: whether it can take more. */
  function listener(name = "24h top", known?: string) {
    const heard: string[] = [];
    const state = { takes: true };
    const leave = feeds.listen(name, (message) => {
      if (!state.takes) return false;
      heard.push(message === "heartbeat" ? "." : message.id);
      return true;
    }, known);
    return { heard, leave, state };
  }

  it("send a list at first, and then only what says something else", async () => {
    const { heard } = listener();
    await clock.pass(3_000);
    expect(heard).toEqual(["1"]);
    state = { id: "2", data: "two" };
    await clock.pass(2_000);
    expect(heard).toEqual(["1", "2"]);
  });

  it("send nothing again to who comes back with the list that it has, but what has changed meanwhile", async () => {
    const [same, behind] = [listener("24h top", "1"), listener("24h top", "0")];
    await clock.pass(2_000);
    expect([same.heard, behind.heard]).toEqual([[], ["1"]]);
  });

  it("read once for all listeners, and not at all when nobody listens", async () => {
    const [a, b] = [listener(), listener()];
    await clock.pass(5_000);
    expect(reads).toBeLessThanOrEqual(6);
    a.leave!();
    b.leave!();
    await clock.pass(1_000);
    expect(clock.sleepers.size).toBe(0);
    const before = reads;
    await clock.pass(10_000);
    expect(reads).toBe(before);
    expect(feeds.size()).toBe(0);
  });

  it("send a heartbeat after 15 seconds without an event", async () => {
    const { heard } = listener();
    await clock.pass(40_000);
    expect(heard).toEqual(["1", ".", "."]);
  });

  it("have a most of listeners, and room again when one has left", () => {
    const [first] = [listener(), listener("7d top")];
    expect(listener().leave).toBe(undefined);
    first.leave!();
    expect(listener().leave).not.toBe(undefined);
  });

  it("drop who cannot take more, and go on for the others", async () => {
    const [slow, quick] = [listener(), listener()];
    await clock.pass(1_000);
    slow.state.takes = false;
    state = { id: "2", data: "two" };
    await clock.pass(2_000);
    expect([slow.heard, quick.heard, feeds.size()]).toEqual([["1"], ["1", "2"], 1]);
  });

  it("start again for who comes after the only listener was dropped", async () => {
    const slow = listener();
    await clock.pass(1_000);
    slow.state.takes = false;
    state = { id: "2", data: "two" };
    await clock.pass(2_000);
    expect(feeds.size()).toBe(0);
    const next = listener();
    await clock.pass(1_000);
    state = { id: "3", data: "three" };
    await clock.pass(2_000);
    expect([slow.heard, next.heard]).toEqual([["1"], ["2", "3"]]);
    slow.leave!();
    expect(feeds.size()).toBe(1);
  });

  it("keep the last list while it cannot be read, and go on afterwards", async () => {
    const { heard } = listener();
    await clock.pass(1_000);
    state = new Error("away");
    await clock.pass(3_000);
    state = { id: "2", data: "two" };
    await clock.pass(2_000);
    expect(heard).toEqual(["1", "2"]);
  });
});
