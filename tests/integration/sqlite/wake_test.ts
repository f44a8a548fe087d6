import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { openWake } from "@/adapters/sqlite/log/wake.ts";
import { eventually } from "@/tests/support/eventually.ts";

describe("the wake file of a database", () => {
  it("tells all but the one who committed", async () => {
    const folder = await Deno.makeTempDir();
    let [one, other] = [0, 0];
    const wakes = [
      openWake(`${folder}/a.db`, () => one++),
      openWake(`${folder}/a.db`, () => other++),
    ] as const;
    // What the system tells of the file's creation comes first.
    await clock.sleep(100);
    [one, other] = [0, 0];
    for (let ring = 1; ring <= 3; ring++) {
      wakes[0].ring();
      await eventually(() => other >= ring);
    }
    await clock.sleep(100);
    expect(one).toBe(0);
    wakes[1].ring();
    await eventually(() => one > 0);
    for (const wake of wakes) wake.close();
    await Deno.remove(folder, { recursive: true });
  });
});
