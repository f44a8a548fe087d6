import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Unavailable } from "@/application/faults.ts";
import { shareTransactions } from "@/application/messaging/commands/group_commit.ts";
import type { DispatchOptions, Processor } from "@/application/messaging/commands/bus.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";

const command = (id: string): Envelope => ({ id, source: "/t", type: "t", data: {} });

/** A processor whose transactions wait until they are let go, each by the ids of its commands. */
function createSlow(fails: (ids: string[]) => Error | undefined = () => undefined) {
  const begun: string[][] = [];
  const waiting: boolean[] = [];
  const open: (() => void)[] = [];
  const processor: Processor = {
    topic: "t",
    types: ["t"],
    order: () => "none",
    async handle(commands, options?: DispatchOptions) {
      const ids = commands.map(({ id }) => id);
      begun.push(ids);
      waiting.push(options?.asynchronous !== true);
      await new Promise<void>((resolve) => open.push(resolve));
      const fault = fails(ids);
      if (fault !== undefined) throw fault;
      return commands.map((one) => ({ kind: "done", events: [one] }));
    },
  };
  const { handle } = shareTransactions(processor);
  return {
    begun,
    /** Of each transaction, whether its commit waits for the disk. */
    waiting,
    handle,
    /** Two requests, each in a transaction of its own, that those behind them wait for. */
    async occupy() {
      const first = handle([command("a")]);
      await nextTurn();
      const second = handle([command("b")]);
      await nextTurn();
      return [first, second] as const;
    },
    async letGo() {
      open.shift()!();
      await nextTurn();
    },
  };
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

const idsOf = (outcomes: Awaited<ReturnType<Processor["handle"]>>) =>
  outcomes.map((one) => one.kind === "done" ? one.events[0]!.id : one.kind);

describe("requests that wait at the same time", () => {
  it("share a transaction, and each gets its own outcomes", async () => {
    const slow = createSlow();
    const [first, second] = await slow.occupy();
    const third = slow.handle([command("c"), command("d")]);
    const fourth = slow.handle([command("e")]);
    expect(slow.begun).toEqual([["a"], ["b"]]);
    await slow.letGo();
    expect(slow.begun).toEqual([["a"], ["b"], ["c", "d", "e"]]);
    await slow.letGo();
    await slow.letGo();
    expect((await Promise.all([first, second, third, fourth])).map(idsOf)).toEqual([["a"], ["b"], ["c", "d"], ["e"]]);
  });

  it("share one from the first on where they come in the same turn", async () => {
    const slow = createSlow();
    const all = Promise.all(["a", "b", "c"].map((id) => slow.handle([command(id)])));
    await nextTurn();
    expect(slow.begun).toEqual([["a", "b", "c"]]);
    await slow.letGo();
    expect((await all).map(idsOf)).toEqual([["a"], ["b"], ["c"]]);
  });

  it("wait for the disk where one of them does", async () => {
    const slow = createSlow();
    const ask = (id: string, asynchronous: boolean) => slow.handle([command(id)], { asynchronous });
    const looks = [ask("a", true), ask("b", true)];
    await nextTurn();
    const mixed = [ask("c", true), ask("d", false)];
    await nextTurn();
    expect(slow.begun).toEqual([["a", "b"], ["c", "d"]]);
    expect(slow.waiting).toEqual([false, true]);
    for (let at = 0; at < 2; at++) await slow.letGo();
    await Promise.all([...looks, ...mixed]);
  });

  it("have a transaction of their own where they add something to it", async () => {
    const slow = createSlow();
    const all = ["a", "b", "c", "d"].map((id) => slow.handle([command(id)], { afterEffects: async () => {} }));
    expect(slow.begun).toEqual([["a"], ["b"], ["c"], ["d"]]);
    for (const _ of all) await slow.letGo();
    await Promise.all(all);
  });

  it("fail alone when one of them cannot be handled", async () => {
    const slow = createSlow((ids) => ids.includes("c") ? new Error("c cannot be handled") : undefined);
    const ahead = await slow.occupy();
    const all = Promise.allSettled([...ahead, ...["c", "d"].map((id) => slow.handle([command(id)]))]);
    for (let at = 0; at < 5; at++) await slow.letGo();
    expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(slow.begun.slice(2)).toEqual([["c", "d"], ["c"], ["d"]]);
  });

  it("are not handled again after an outage, as the first attempt may be stored", async () => {
    const slow = createSlow((ids) => ids.length > 1 ? new Unavailable("gone") : undefined);
    const ahead = await slow.occupy();
    const all = Promise.allSettled([...ahead, ...["c", "d"].map((id) => slow.handle([command(id)]))]);
    for (let at = 0; at < 3; at++) await slow.letGo();
    expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
    expect(slow.begun).toHaveLength(3);
  });
});
