import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { MemberHealth } from "@/adapters/kafka/consuming/member_health.ts";
import { T0 } from "@/tests/support/samples.ts";

/** A member on a clock of its own. `life`: how long it fetches after a join. */
function member() {
  const clock = { time: T0, now: () => clock.time, sleep: () => Promise.resolve() };
  const counts = { handled: 0 };
  const health = new MemberHealth(clock, () => counts.handled);
  return {
    health,
    handle: () => counts.handled++,
    pass: (milliseconds: number) => clock.time += milliseconds,
    /** Fetches twice a second for so long. */
    fetch(milliseconds: number) {
      for (const end = clock.time + milliseconds; clock.time < end;) {
        clock.time += 500;
        health.fetched();
      }
    },
  };
}

describe("whether a member of a group is steady", () => {
  it("one end of its client is none yet; a second without anything read in between is, also while it has joined", () => {
    const { health, pass } = member();
    health.joined();
    health.failed("one");
    health.joined();
    expect(health.failing()).toBe(undefined);
    pass(100);
    health.failed("two");
    expect(health.failing()).toMatch(/2 times after it joined its group: two/);
    health.joined();
    expect(health.failing()).toBeDefined();
  });

  it("a join mends nothing, however long the client takes to end again; a position that moves does", () => {
    const { health, handle, pass } = member();
    const pauses: number[] = [];
    for (let times = 0; times < 30; times++) {
      health.joined();
      pass(20_000);
      health.failed("again");
      pauses.push(health.pauseMs());
      if (times > 0) expect(health.failing()).toBeDefined();
    }
    expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(pauses.at(-1)).toBe(30_000);
    health.joined();
    handle();
    expect(health.failing()).toBe(undefined);
    expect(health.pauseMs()).toBe(50);
  });

  it("fetches that succeed for a time mend it, the longer the more often it has failed", () => {
    const { health, fetch } = member();
    for (let times = 0; times < 3; times++) {
      health.joined();
      fetch(6_000);
      health.failed("again");
    }
    health.joined();
    fetch(30_000);
    expect(health.failing()).toBeDefined();
    fetch(60_000);
    expect(health.failing()).toBe(undefined);
  });

  it("a broker that is away for long leaves no trace once it is back", () => {
    const { health, fetch } = member();
    health.joined();
    fetch(60_000);
    health.failed("gone");
    for (let times = 0; times < 500; times++) health.failed("gone");
    expect(health.pauseMs()).toBe(2_000);
    health.joined();
    expect(health.failing()).toBe(undefined);
  });

  it("joining again and again without reading anything is no work either", () => {
    const { health, pass, fetch, handle } = member();
    for (let times = 0; times < 5; times++) {
      health.joined();
      pass(3_000);
    }
    expect(health.failing()).toBe(undefined);
    health.joined();
    expect(health.failing()).toMatch(/joined its group 6 times/);
    fetch(10_000);
    expect(health.failing()).toBe(undefined);
    for (let times = 0; times < 20; times++) {
      health.joined();
      handle();
    }
    expect(health.failing()).toBe(undefined);
  });
});
