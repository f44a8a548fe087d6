/**
 * Runs the program of a task (`web`, `import`, …) with no more rights than its settings ask for. Signals and the exit status pass
 * through. The runtime cannot replace a process by another one, so this one waits beside it.
 */
import { messageOf } from "@/application/faults.ts";
import { commandOf, PROJECT } from "./child.ts";
import { runAgainOnChange } from "./dev.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const [name = "", ...args] = Deno.args;

const start = (command: string): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), { args: commandOf(command, args), cwd: PROJECT, stdin: "inherit" }).spawn();

try {
  const child = name === "dev" ? runAgainOnChange(PROJECT, () => start("start")) : start(name);
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => tell(child, signal));
  const { code } = await child.status;
  Deno.exit(code);
} catch (error) {
  console.error(`bookstream: ${messageOf(error)}`);
  Deno.exit(1);
}

function tell(child: Pick<Deno.ChildProcess, "kill">, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}
