import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { createClassifier } from "@/application/messaging/consuming/classify.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

describe("consumers of one process", () => {
  it("are given the same messages, so that a row is unpacked and decoded once", async () => {
    const folder = await Deno.makeTempDir();
    const log = await openEventLog({ path: join(folder, "log.db"), clock, ids, logger, partitions: 1 });
    const event = (id: string) => ({ topic: "t", ...encode({ id, source: "/t", type: "t", data: {} }, id) });
    await log.append([event("e1"), event("e2")]);
    const given: Incoming[][] = [];
    const subscribe = (group: string) =>
      log.subscribe({
        group,
        topics: ["t"],
        open: () => Promise.resolve(undefined),
        handle({ messages }) {
          given.push(messages);
          return Promise.resolve(messages.at(-1)!.next);
        },
      });
    const consumers = ["g1", "g2"].map(subscribe);
    await eventually(() => given.length === 2);
    const [one, other] = given as [Incoming[], Incoming[]];
    expect(one.map(({ position }) => position)).toEqual(["0", "1"]);
    for (const [at, each] of one.entries()) expect(other[at]).toBe(each);
    const sink = { classify: () => ({ kind: "handle" as const, data: {} }), order: () => "none" as const };
    const envelopeOf = (each: Incoming) => {
      const classified = createClassifier(sink, clock)(each);
      return classified.kind === "handle" ? classified.received.envelope : classified;
    };
    expect(envelopeOf(one[0]!)).toMatchObject({ id: "e1" });
    expect(envelopeOf(one[0]!)).toBe(envelopeOf(other[0]!));
    for (const consumer of consumers) await consumer.stop();
    await log.close();
    await Deno.remove(folder, { recursive: true });
  });
});

describe("partitions of the embedded log that have something at the same time", () => {
  it("are handled at once, so that they can share a transaction, and share a batch's limits", async () => {
    const folder = await Deno.makeTempDir();
    const log = await openEventLog({ path: join(folder, "log.db"), clock, ids, logger, partitions: 4 });
    // Small packs, as a batch takes whole packs.
    for (let at = 0; at < 100; at++) {
      await log.append(Array.from({ length: 40 }, (_, key) => message("t", `k${key}`, String(at))));
    }
    const [running, together]: [Set<number>, number[]] = [new Set(), []];
    let [handled, largest] = [0, 0];
    const consumer = log.subscribe({
      group: "g",
      topics: ["t"],
      open: () => Promise.resolve(undefined),
      async handle({ partition, messages }) {
        running.add(partition);
        await clock.sleep(5);
        together.push(running.size);
        largest = Math.max(largest, messages.length);
        handled += messages.length;
        running.delete(partition);
        return messages.at(-1)!.next;
      },
    });
    await eventually(() => handled === 4_000);
    expect(Math.max(...together)).toBe(4);
    expect(largest).toBeLessThanOrEqual(150);
    await consumer.stop();
    await log.close();
    await Deno.remove(folder, { recursive: true });
  });
});
