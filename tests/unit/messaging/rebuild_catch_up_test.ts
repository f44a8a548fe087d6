import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { T0 } from "@/tests/support/samples.ts";
import { catchUp } from "@/application/messaging/rebuild/catch_up.ts";

/**
 * A rebuild that reads a log of `end` messages and stands at `at`; `step` is what happens between two looks. `behind`: so many
 * messages of another partition are never read.
 */
function reading(end: number, step: (log: { at: number; end: number; looks: number }) => void, behind = 0) {
  const log = { at: 0, end, looks: 0 };
  const giveUp = new AbortController();
  let completed: number | undefined;
  let now = T0;
  const ended = catchUp({
    reader: {
      name: "trend",
      joined: Promise.resolve(),
      state: () => ({
        assigned: [],
        halted: [],
        stuck: [],
        reachable: true,
        healthy: true,
        heldSince: undefined,
        joined: true,
        handled: log.at,
        skipped: 0,
        retried: 0,
        parked: 0,
      }),
      lag: () => Promise.resolve([]),
      stop: () => Promise.resolve(),
    },
    log: {
      lag: (cursors) =>
        Promise.resolve(cursors.map(({ partition, next }) => (partition === 0 ? log.end : behind) - Number(next))),
    },
    cursors: () => [{ topic: "t", partition: 0, next: String(log.at) }, { topic: "t", partition: 1, next: "0" }],
    passStuck: () => Promise.resolve(false),
    complete() {
      completed ??= log.at;
      return Promise.resolve({ idle: () => Promise.resolve(true), stop: () => Promise.resolve() });
    },
    clock: {
      now: () => now,
      sleep(milliseconds) {
        now += milliseconds;
        if (++log.looks === 200) giveUp.abort(new Error("not within 40 seconds"));
        step(log);
        return Promise.resolve();
      },
    },
    onProgress: () => {},
    signal: giveUp.signal,
  });
  return { log, ended, completedAt: () => completed };
}

describe("a rebuild has caught up", () => {
  it("when nothing is left", async () => {
    const { ended, completedAt } = reading(500, (log) => log.at = Math.min(log.end, log.at + 100));
    await ended;
    expect(completedAt()).toBe(500);
  });

  it("when few are left all the while, none of them those of five seconds ago", async () => {
    const { log, ended, completedAt } = reading(500, (log) => {
      log.end += 10;
      log.at = Math.min(log.end - 5, log.at + 100);
    });
    await ended;
    expect(completedAt()).toBeGreaterThan(500);
    expect(log.looks).toBeLessThan(40);
  });

  it("never while the few that are left are those that were there at first", async () => {
    const { ended, completedAt } = reading(500, () => {});
    await expect(ended).rejects.toThrow("not within 40 seconds");
    expect(completedAt()).toBe(undefined);
  });

  it("never while those of one partition are left, however many of another are read", async () => {
    const { ended, completedAt } = reading(0, (log) => log.at = log.end += 10, 3);
    await expect(ended).rejects.toThrow("not within 40 seconds");
    expect(completedAt()).toBe(undefined);
  });

  it("never while more than a thousand are left", async () => {
    const { ended, completedAt } = reading(5_000, (log) => {
      log.end += 10;
      log.at += 10;
    });
    await expect(ended).rejects.toThrow("not within 40 seconds");
    expect(completedAt()).toBe(undefined);
  });
});
