import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { openCommitSignal } from "@/adapters/sqlite/log/commit_signal.ts";
import { eventually } from "@/tests/support/eventually.ts";

describe("the commit signal of a database", () => {
  it("tells all but the one who committed", async () => {
    const folder = await Deno.makeTempDir();
    let [one, other] = [0, 0];
    const handles = [
      openCommitSignal(`${folder}/a.db`, () => one++),
      openCommitSignal(`${folder}/a.db`, () => other++),
    ] as const;
    // What the system tells of the file's creation comes first.
    await clock.sleep(100);
    [one, other] = [0, 0];
    for (let commit = 1; commit <= 3; commit++) {
      handles[0].notify();
      await eventually(() => other >= commit);
    }
    await clock.sleep(100);
    expect(one).toBe(0);
    handles[1].notify();
    await eventually(() => one > 0);
    for (const handle of handles) handle.close();
    await Deno.remove(folder, { recursive: true });
  });
});
