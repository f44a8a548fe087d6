import type { Command } from "commander";
import { messageOf } from "@/application/faults.ts";
import { environment, readSettings, type Settings } from "@/services/settings/settings.ts";

/** The settings of an operator's command: the environment and, below it, the file of `--env-file`. Throws a StartFault. */
export const settingsOf = ({ envFile }: { envFile?: string }): Settings =>
  readSettings(environment(), envFile === undefined ? [] : ["--env-file", envFile]);

/** Runs the command that the arguments ask for. A fault ends in one line, and in exit status 1. */
export async function runCommand(program: Command): Promise<void> {
  try {
    await program.parseAsync(Deno.args, { from: "user" });
  } catch (error) {
    console.error(`bookstream ${program.name()}: ${messageOf(error)}`);
    Deno.exit(1);
  }
}
