import { setImmediate } from "node:timers";
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createEventLoopYield } from "@/adapters/sqlite/connection/event_loop_yield.ts";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("createEventLoopYield()", () => {
  it("lets one of those that wait go on in each turn, the first one first", async () => {
    let now = 0;
    const turns = createEventLoopYield(() => now);
    expect(turns()).toBe(undefined);
    now = 10;
    const gone: number[] = [];
    const waiting = [1, 2, 3].map((one) =>
      turns()!.then(() => {
        gone.push(one);
        now += 10;
      })
    );
    for (let turn = 0; turn < 8 && gone.length < 3; turn++) {
      const before = gone.length;
      await nextTurn();
      expect(gone.length - before).toBeLessThan(2);
    }
    await Promise.all(waiting);
    expect(gone).toEqual([1, 2, 3]);
  });

  it("gives every other turn to what is urgent, while both wait", async () => {
    let now = 0;
    const turns = createEventLoopYield(() => now);
    turns();
    now = 10;
    const gone: string[] = [];
    const wait = (name: string, urgent: boolean) =>
      turns(urgent)!.then(() => {
        gone.push(name);
        now += 10;
      });
    await Promise.all([
      ...["o1", "o2", "o3", "o4"].map((name) => wait(name, false)),
      ...["u1", "u2"].map((name) => wait(name, true)),
    ]);
    expect(gone).toEqual(["u1", "o1", "u2", "o2", "o3", "o4"]);
  });

  it("lets what is short go on at once, also when others had to wait", async () => {
    let now = 0;
    const turns = createEventLoopYield(() => now);
    turns();
    now = 10;
    await turns();
    await nextTurn();
    expect([turns(), turns()]).toEqual([undefined, undefined]);
  });
});
