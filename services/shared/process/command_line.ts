import type { Command } from "commander";
import { fileFault } from "@/application/shared/text/file_fault.ts";
import { messageOf } from "@/application/faults.ts";
import { environment, readSettings, type Settings } from "@/services/settings/settings.ts";

/** The settings of an operator's command: the environment and, below it, the file of `--env-file`. Throws a StartFault. */
export const settingsOf = ({ envFile }: { envFile?: string }): Settings =>
  readSettings(environment(), envFile === undefined ? [] : ["--env-file", envFile]);

/** Runs the command that the arguments ask for. A fault ends in one line, and in exit status 1. */
export async function runCommand(program: Command): Promise<void> {
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ outputError: (text, write) => write(inOneLine(program, command, text)) });
  }
  try {
    await program.parseAsync(Deno.args, { from: "user" });
  } catch (error) {
    console.error(`bookstream ${program.name()}: ${faultOf(error)}`);
    Deno.exit(1);
  }
}

/** A file that a command was given and could not read is named. */
function faultOf(error: unknown): string {
  const { path } = Object(error) as { path?: unknown };
  return typeof path === "string" ? `cannot read ${path}: ${fileFault(error, "read")}` : messageOf(error);
}

/** A wrong argument as any other fault, with where to read what is wanted. */
function inOneLine(program: Command, command: Command, text: string): string {
  const task = command === program ? program.name() : `${program.name()} ${command.name()}`;
  const fault = text.trim().replace(/^error: /, "").replace(/\n\(/, " (").replace(/\.$/, "");
  return `bookstream ${program.name()}: ${fault}; see deno task ${task} --help\n`;
}
