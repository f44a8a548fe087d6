import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, start } from "@/tests/support/processes/processes.ts";
import { openRaw } from "@/tests/support/http/raw_http.ts";

const processes: Started[] = [];
afterEach(() => killAll(processes.splice(0)));

const answers = async (url: string) =>
  await fetch(`${url}/v1/books?q=time`, { signal: AbortSignal.timeout(2_000), headers: { connection: "close" } }).then(
    async (response) => (await response.json()).items.length > 0,
    () => false,
  );

const DESCRIPTORS = 160;
/** Left to stores, broker and log, however many connections come. */
const LEAST_FREE = 30;

/** The runtime keeps /proc from whoever has not all permissions. */
function openFiles({ pid }: Started): number {
  const { stdout } = new Deno.Command("ls", { args: [`/proc/${pid}/fd`] }).outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n").length;
}

describe("a suite that may open few files", () => {
  it("keeps descriptors free and answers while more connections come than it may open files", async () => {
    const folder = await Deno.makeTempDir();
    const suite = start("suite", { DATA_DIR: folder, LOG_LEVEL: "warn" }, { descriptors: DESCRIPTORS });
    processes.push(suite);
    await eventually(() => suite.out().includes("Ctrl-C"));
    const url = suite.url("web");
    expect(await answers(url)).toBe(true);
    const port = Number(new URL(url).port);
    const all = await Promise.all(Array.from({ length: 600 }, () => openRaw(port).catch(() => undefined)));
    await Promise.all(all.map((raw) => raw?.send("G").catch(() => {})));
    for (let looks = 0; looks < 20; looks++) {
      expect(openFiles(suite)).toBeLessThan(DESCRIPTORS - LEAST_FREE);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await answers(url)).toBe(true);
    for (const raw of all) raw?.close();
    expect(await eventually(() => answers(url), 20_000)).toBe(true);
    expect(suite.isOver()).toBe(false);
    expect(suite.err()).not.toMatch(/too many open files|EMFILE|Uncaught/i);
    await killAll(processes.splice(0));
    await Deno.remove(folder, { recursive: true });
  });
});
