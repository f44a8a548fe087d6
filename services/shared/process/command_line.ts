import { type Command, Help } from "commander";
import { fileFault } from "@/application/shared/text/file_fault.ts";
import { messageOf } from "@/application/faults.ts";
import { environment, readSettings, type Settings } from "@/services/settings/settings.ts";

/** Reads the settings of an operator's command from the environment and the file of `--env-file`. Throws a StartFault. */
export const settingsOf = ({ envFile }: { envFile?: string }): Settings =>
  readSettings(environment(), envFile === undefined ? [] : ["--env-file", envFile]);

/** Runs a command by the arguments. Prints an error in one line and exits with status 1. */
export async function runCommand(program: Command): Promise<void> {
  for (const command of [program, ...program.commands]) {
    command.configureHelp({ commandUsage: (one) => `deno task ${new Help().commandUsage(one)}` });
    command.configureOutput({ outputError: (text, write) => write(inOneLine(program, command, text)) });
  }
  try {
    await program.parseAsync(Deno.args, { from: "user" });
  } catch (error) {
    console.error(`bookstream ${program.name()}: ${faultOf(error)}`);
    Deno.exit(1);
  }
}

/** Returns the message of an error. It names a file that could not be read. */
function faultOf(error: unknown): string {
  const { path } = Object(error) as { path?: unknown };
  return typeof path === "string" ? `cannot read ${path}: ${fileFault(error, "read")}` : messageOf(error);
}

/** Formats a wrong argument like any other error, with a pointer to `--help`. */
function inOneLine(program: Command, command: Command, text: string): string {
  const task = command === program ? program.name() : `${program.name()} ${command.name()}`;
  const fault = text.trim().replace(/^error: /, "").replace(/\n\(/, " (").replace(/\.$/, "");
  return `bookstream ${program.name()}: ${fault}; see deno task ${task} --help\n`;
}
