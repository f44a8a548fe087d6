import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { runAgainOnChange } from "@/services/launch/dev.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { eventually } from "@/tests/support/eventually.ts";

/** Longer than a change is awaited to be the last one. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 600));

describe("runAgainOnChange()", () => {
  it("runs one program at a time, whatever is saved while it ends, and goes on after a start that failed", async () => {
    const project = await Deno.makeTempDir();
    const folders = ["domain", "application", "adapters", "services"].map((name) => join(project, name));
    for (const folder of folders) await Deno.mkdir(folder);
    const save = () => Deno.writeTextFile(join(folders[0]!, "a.ts"), crypto.randomUUID());
    const children: { signals: string[]; end(): void }[] = [];
    let fault: Error | undefined;
    const running = runAgainOnChange(project, () => {
      if (fault !== undefined) throw fault;
      const { promise: status, resolve } = Promise.withResolvers<Deno.CommandStatus>();
      const signals: string[] = [];
      children.push({ signals, end: () => resolve({ success: true, code: 0, signal: null }) });
      return { status, kill: (signal = "SIGTERM") => void signals.push(String(signal)) };
    });
    await save();
    await eventually(() => children[0]!.signals.length > 0);
    await save();
    await settled();
    children[0]!.end();
    await settled();
    expect(children.length).toBe(2);

    fault = new StartFault("settings that cannot be used");
    await save();
    await eventually(() => children[1]!.signals.length > 0);
    children[1]!.end();
    await settled();
    fault = undefined;
    await save();
    await eventually(() => children.length === 3);

    running.kill("SIGTERM");
    expect(children[2]!.signals).toEqual(["SIGTERM"]);
    children[2]!.end();
    expect((await running.status).code).toBe(0);
    await Deno.remove(project, { recursive: true });
  });
});
