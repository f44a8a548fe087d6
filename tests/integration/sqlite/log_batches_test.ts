import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

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
