import { fileURLToPath } from "node:url";
import { environment, readSettings } from "@/services/settings/settings.ts";
import { ENV_FILE, readArguments } from "./arguments.ts";
import { type Program, PROGRAMS } from "./programs.ts";
import { flagsOf, rightsOf } from "./rights.ts";

/** The folder of the project. */
export const PROJECT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** A running program. */
export type Child = Pick<Deno.ChildProcess, "kill" | "status">;

const TELEMETRY = "services/telemetry.env";

/** Returns Deno's arguments for a program, with the permissions that its settings need. Throws a StartFault. */
export function commandOf(name: string, args: string[], given: Record<string, string> = environment()): string[] {
  const program = PROGRAMS[name];
  if (program === undefined) throw new Error(`no such program: ${name}`);
  return [
    "run",
    "--no-prompt",
    `--env-file=${TELEMETRY}`,
    "-P=service",
    ...flags(program, args, given),
    program.file,
    ...args,
  ];
}

/** Returns the permission flags of a program. `--help` only reads the project, and must work with invalid settings. */
function flags(program: Program, args: string[], given: Record<string, string>): string[] {
  if (args.includes("--help") || args.includes("-h")) return [`--allow-read=${PROJECT}`];
  const [envFile] = readArguments(args, [ENV_FILE]).valuesOf(ENV_FILE);
  const settings = readSettings(given, envFile === undefined ? [] : [`--${ENV_FILE}`, envFile]);
  return flagsOf(rightsOf(program, settings, args, PROJECT));
}

/** Sends a signal to a child that may have ended by itself. */
export function kill(child: Child, signal: Parameters<Child["kill"]>[0]): void {
  try {
    child.kill(signal);
  } catch {
    // It has already ended.
  }
}
