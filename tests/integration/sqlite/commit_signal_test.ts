import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { linkThread, openCommitSignal } from "@/adapters/sqlite/connection/commit_signal.ts";
import { eventually } from "@/tests/support/eventually.ts";

/** Without truncating it, as a writer does. */
function write(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true });
  file.writeSync(new TextEncoder().encode(text));
}

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

  it("goes to another thread by a port once the file is written, and what that one tells is not told again by the file", async () => {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/wake/a.db`;
    let noticed = 0;
    const signal = openCommitSignal(`${folder}/a.db`, () => noticed++);
    const { port1, port2: other } = new MessageChannel();
    const unlink = linkThread(port1);
    const heard: unknown[] = [];
    other.onmessage = ({ data }) => heard.push(data);
    // What the system tells of the file's creation comes first.
    await clock.sleep(100);
    noticed = 0;
    signal.notify();
    await eventually(() => heard.length === 1);
    expect(heard).toEqual([{ path: file, writer: await Deno.readTextFile(file) }]);

    const writer = crypto.randomUUID();
    other.postMessage({ path: file, writer });
    await eventually(() => noticed === 1);
    write(file, writer);
    await clock.sleep(100);
    expect(noticed).toBe(1);
    write(file, crypto.randomUUID());
    await eventually(() => noticed > 1);
    unlink();
    other.close();
    signal.close();
    await Deno.remove(folder, { recursive: true });
  });
});
