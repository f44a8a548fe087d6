import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Part } from "@/application/messaging/consuming/commit.ts";
import { createTogether } from "@/application/messaging/consuming/batching.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const part = (partition: number, messages = 1, topic = "t"): Part => ({
  place: { key: { consumer: "c", version: 1, logId: "l", topic, partition }, next: undefined, epoch: 1 },
  messages: Array.from({ length: messages }, (_, at) => ({
    ...{
      topic,
      partition,
      position: String(at),
      next: String(at + 1),
      key: null,
      value: null,
      headers: {},
      timestamp: 0,
    },
  })),
  reads: [],
});
const nameOf = ({ place: { key } }: Part) => `${key.topic}${key.partition}`;

/** Transactions that wait until they are let go, each by the names of its parts. */
function transactions(fails: (names: string[]) => boolean = () => false) {
  const begun: string[][] = [];
  const open: (() => void)[] = [];
  return {
    begun,
    async apply(parts: Part[]) {
      const names = parts.map(nameOf);
      begun.push(names);
      await new Promise<void>((resolve) => open.push(resolve));
      if (fails(names)) throw new Error(`fails: ${names}`);
    },
    async letGo() {
      open.shift()!();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

describe("parts that wait at the same time", () => {
  it("go together, in the order of partitions, one topic at a time and no more than fits", async () => {
    const { begun, apply, letGo } = transactions();
    const together = createTogether(apply, 10, logger);
    const all = [part(5), part(4), part(3, 4), part(1, 6), part(2, 1), part(9, 2, "other"), part(0, 30)].map(together);
    expect(begun).toEqual([["t5"], ["t4"]]);
    await letGo();
    expect(begun[2]).toEqual(["t1", "t3"]);
    await letGo();
    expect(begun[3]).toEqual(["t2"]);
    await letGo();
    expect(begun[4]).toEqual(["other9"]);
    await letGo();
    expect(begun[5]).toEqual(["t0"]);
    await letGo();
    await letGo();
    await Promise.all(all);
  });

  it("answer each for itself when their transaction fails", async () => {
    const { begun, apply, letGo } = transactions((names) => names.includes("t2"));
    const together = createTogether(apply, 10, logger);
    const all = [part(8), part(9), part(1), part(2), part(3)].map(together);
    const answers = Promise.allSettled(all);
    for (let turn = 0; turn < 3; turn++) await letGo();
    expect(begun.slice(2)).toEqual([["t1", "t2", "t3"], ["t1"], ["t2"], ["t3"]]);
    for (let turn = 0; turn < 3; turn++) await letGo();
    expect((await answers).map(({ status }) => status)).toEqual([
      ...["fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled"],
    ]);
  });
});
