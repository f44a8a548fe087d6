import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock } from "@/adapters/system/clock.ts";
import type { Clock } from "@/application/ports.ts";
import { createWatchers } from "@/adapters/sqlite/connection/watchers.ts";

/** A clock on which nobody wakes without a change. */
const clock: Clock = {
  ...systemClock,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
};

describe("watchers of a file", () => {
  it("that came first does all that needs no other turn before the others are woken", async () => {
    const watchers = createWatchers(clock);
    const said: string[] = [];
    const follow = async (name: string) => {
      const changes = watchers.add();
      await changes.wait(60_000);
      said.push(`${name} begins`);
      for (let step = 1; step <= 50; step++) await Promise.resolve(step);
      said.push(`${name} has ended`);
    };
    const all = ["first", "second", "third"].map(follow);
    watchers.notify();
    await Promise.all(all);
    expect(said.slice(0, 3)).toEqual(["first begins", "first has ended", "second begins"]);
  });

  it("are all woken by each of several changes", async () => {
    const watchers = createWatchers(clock);
    const [first, second] = [watchers.add(), watchers.add()];
    for (let change = 0; change < 3; change++) {
      const both = Promise.all([first.wait(60_000), second.wait(60_000)]);
      watchers.notify();
      watchers.notify();
      await both;
      await systemClock.sleep(0);
    }
  });
});
