import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Steadiness } from "@/adapters/kafka/consuming/steadiness.ts";
import { T0 } from "@/tests/support/samples.ts";

/** A member on a clock of its own. `life`: how long it fetches after a join. */
function member() {
  const clock = { time: T0, now: () => clock.time, sleep: () => Promise.resolve() };
  const counts = { handled: 0 };
  const steadiness = new Steadiness(clock, () => counts.handled);
  return {
    steadiness,
    handle: () => counts.handled++,
    pass: (milliseconds: number) => clock.time += milliseconds,
    /** Fetches twice a second for so long. */
    fetch(milliseconds: number) {
      for (const end = clock.time + milliseconds; clock.time < end;) {
        clock.time += 500;
        steadiness.fetched();
      }
    },
  };
}

describe("whether a member of a group is steady", () => {
  it("one end of its client is none yet; a second without anything read in between is, also while it has joined", () => {
    const { steadiness, pass } = member();
    steadiness.joined();
    steadiness.failed("one");
    steadiness.joined();
    expect(steadiness.failing()).toBe(undefined);
    pass(100);
    steadiness.failed("two");
    expect(steadiness.failing()).toMatch(/2 times after it joined its group: two/);
    steadiness.joined();
    expect(steadiness.failing()).toBeDefined();
  });

  it("a join mends nothing, however long the client takes to end again; a position that moves does", () => {
    const { steadiness, handle, pass } = member();
    const pauses: number[] = [];
    for (let times = 0; times < 30; times++) {
      steadiness.joined();
      pass(20_000);
      steadiness.failed("again");
      pauses.push(steadiness.pauseMs());
      if (times > 0) expect(steadiness.failing()).toBeDefined();
    }
    expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(pauses.at(-1)).toBe(30_000);
    steadiness.joined();
    handle();
    expect(steadiness.failing()).toBe(undefined);
    expect(steadiness.pauseMs()).toBe(50);
  });

  it("fetches that succeed for a time mend it, the longer the more often it has failed", () => {
    const { steadiness, fetch } = member();
    for (let times = 0; times < 3; times++) {
      steadiness.joined();
      fetch(6_000);
      steadiness.failed("again");
    }
    steadiness.joined();
    fetch(30_000);
    expect(steadiness.failing()).toBeDefined();
    fetch(60_000);
    expect(steadiness.failing()).toBe(undefined);
  });

  it("a broker that is away for long leaves no trace once it is back", () => {
    const { steadiness, fetch } = member();
    steadiness.joined();
    fetch(60_000);
    steadiness.failed("gone");
    for (let times = 0; times < 500; times++) steadiness.failed("gone");
    expect(steadiness.pauseMs()).toBe(2_000);
    steadiness.joined();
    expect(steadiness.failing()).toBe(undefined);
  });

  it("joining again and again without reading anything is no work either", () => {
    const { steadiness, pass, fetch, handle } = member();
    for (let times = 0; times < 5; times++) {
      steadiness.joined();
      pass(3_000);
    }
    expect(steadiness.failing()).toBe(undefined);
    steadiness.joined();
    expect(steadiness.failing()).toMatch(/joined its group 6 times/);
    fetch(10_000);
    expect(steadiness.failing()).toBe(undefined);
    for (let times = 0; times < 20; times++) {
      steadiness.joined();
      handle();
    }
    expect(steadiness.failing()).toBe(undefined);
  });
});
