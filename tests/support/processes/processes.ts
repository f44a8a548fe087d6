import { commandOf } from "@/services/launch/child.ts";
import { PROGRAMS } from "@/services/launch/programs.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { launch, type LaunchOptions, OWN, type Started } from "./launch.ts";

export type Service = "suite" | "web" | "trend" | "recommendation";
type StartOptions = LaunchOptions & { args?: string[] | undefined };

/** Starts a service as its own process, as its task does. */
export const start = (
  service: Service,
  env: Record<string, string>,
  { args = [], ...options }: StartOptions = {},
): Started => {
  const task = service === "suite" ? "start" : service;
  const ownArgs = options.program === undefined ? taskArgs(task, args, env) : programArgs(task, args);
  return launch(service, ownArgs, env, options);
};

/** The arguments by which any version's program starts: what rights a task gives has changed. */
const programArgs = (task: string, args: string[]): string[] => [
  "--no-prompt",
  "--env-file=services/telemetry.env",
  "--allow-all",
  PROGRAMS[task]!.file,
  ...args,
];

/** Starts a file in place of a service. */
export const startFile = (called: Service, file: string, env: Record<string, string>): Started =>
  launch(called, ["--config", "tests/deno.json", "--allow-all", file], env);

/** Starts an operator's command, as its task does. */
export const begin = (command: string, args: string[], env: Record<string, string>): Started =>
  launch(command, taskArgs(command, args, env), env);

/**
 * The runtime's arguments by which a task starts its program. Where the settings cannot be used it would not; then the program
 * itself says so, without any rights.
 */
export function taskArgs(task: string, args: string[], env: Record<string, string>): string[] {
  const given = { ...Deno.env.toObject(), ...OWN, ...env };
  try {
    return commandOf(task, args, given).slice(1);
  } catch (error) {
    if (!(error instanceof StartFault)) throw error;
    return ["--no-prompt", "-P=service", "--allow-read", PROGRAMS[task]!.file, ...args];
  }
}

/** Starts a service and waits until it says that it is ready; fails at once when it ends before. */
export async function ready(service: Service, env: Record<string, string>): Promise<Started> {
  const started = start(service, env);
  const isReady = () => started.out().includes("ready") && (service !== "suite" || started.out().includes("Ctrl-C"));
  await eventually(() => isReady() || started.isOver());
  if (!isReady()) throw new Error(`${service} ended before it was ready; it said: ${started.out()}${started.err()}`);
  return started;
}

/** Kills the processes that still run, and waits until all have ended. */
export async function killAll(processes: Iterable<Started>): Promise<void> {
  for (const one of processes) {
    one.signal("SIGKILL");
    await one.ended();
  }
}

/** Runs an operator's command to its end, as its task does. */
export async function operate(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...taskArgs(command, args, env)],
    env: { ...OWN, ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
