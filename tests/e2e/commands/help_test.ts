import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const { tasks } = JSON.parse(readFileSync(`${ROOT}deno.json`, "utf8")) as {
  tasks: Record<string, { command: string }>;
};
/** Tasks that are a row of the runtime's own commands. */
const WITHOUT_HELP = ["check", "ok"];
/** It watches whatever its program says; that program is `start`. */
const WATCHING = "dev";

async function runTask(name: string, arg: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, arg],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

describe("--help", () => {
  for (const name of Object.keys(tasks).filter((one) => !WITHOUT_HELP.includes(one))) {
    it(`of deno task ${name} says what it does and ends with status 0`, async () => {
      const { code, out, err } = await runTask(name, "--help");
      expect([code, out.length > 40, err.includes("wanted")]).toEqual([0, true, false]);
      expect(out).toContain(`deno task ${name === WATCHING ? "start" : name}`);
    });

    if (name === WATCHING) continue;
    it(`an unknown argument of deno task ${name} is a fault`, async () => {
      const { code, err } = await runTask(name, "--no-such-option");
      expect([code > 0, err.includes("no-such-option") || err.includes("wanted")]).toEqual([true, true]);
    });
  }
});
