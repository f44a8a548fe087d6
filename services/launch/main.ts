/**
 * Runs the program of a task (`web`, `import`, …) with only the permissions that its settings need. Forwards signals and the exit
 * status. Deno cannot replace a process by another one (exec), so this one waits.
 */
import { messageOf } from "@/application/faults.ts";
import { type Child, commandOf, kill, PROJECT } from "./child.ts";
import { runAgainOnChange } from "./dev.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const [name = "", ...args] = Deno.args;

const start = (command: string): Child =>
  new Deno.Command(Deno.execPath(), { args: commandOf(command, args), cwd: PROJECT, stdin: "inherit" }).spawn();

try {
  const isWatched = name === "dev" && !args.includes("--help");
  const program = name === "dev" ? "start" : name;
  const child = isWatched ? runAgainOnChange(PROJECT, () => start(program)) : start(program);
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => kill(child, signal));
  const { code } = await child.status;
  Deno.exit(code);
} catch (error) {
  console.error(`bookstream: ${messageOf(error)}`);
  Deno.exit(1);
}
