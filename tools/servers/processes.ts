import { readFileSync } from "node:fs";

const START_TIMEOUT_MS = 90_000;

/** A process: its id, and its start time, as the system reuses ids. */
export type Process = { pid: number; began: string };

/** Runs a command to its end; returns what it has printed. Throws with the end of its output when it fails. */
export async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const printed = decoder.decode(stdout);
  if (success) return printed;
  const output = decoder.decode(stderr) + printed;
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} failed: ${output.trim().slice(-800)}`);
}

/** Starts a process that outlives this one, in a session of its own, with its output in a file. */
export async function launch(command: string, args: string[], log: string): Promise<Process> {
  const script = 'log="$1"; shift; setsid nohup "$@" >"$log" 2>&1 </dev/null & echo $!';
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", script, "launch", log, command, ...args],
    stdin: "null",
    stdout: "piped",
  }).output();
  const pid = Number(new TextDecoder().decode(stdout).trim());
  const began = beganAt(pid);
  if (began === undefined) throw new Error(`${command} ended at once:\n${tail(log)}`);
  return { pid, began };
}

/** Whether the process still runs, and is the one that was started. */
export const runs = ({ pid, began }: Process): boolean => beganAt(pid) === began;

/** Ends a process by its id: asks it to end, and kills it when it has not ended in time. */
export async function end(process: Process): Promise<void> {
  for (const [signal, patienceMs] of [["SIGTERM", 15_000], ["SIGKILL", 5_000]] as const) {
    if (!runs(process)) return;
    Deno.kill(process.pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs && runs(process); waitedMs += 100) await pause(100);
  }
}

/** Polls a server until it answers. Throws with the end of its log when it ends or takes too long. */
export async function waitForAnswer<Answer>(
  name: string,
  process: Process,
  log: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let last: unknown;
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 200) {
    if (!runs(process)) break;
    try {
      return await ask();
    } catch (error) {
      last = error;
      await pause(200);
    }
  }
  await end(process);
  throw new Error(`${name} does not answer (${last instanceof Error ? last.message : last}):\n${tail(log)}`);
}

/** A port that is free now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function tail(log: string): string {
  try {
    return readFileSync(log, "utf8").slice(-1_500);
  } catch {
    return "(it has no log)";
  }
}

/** The start time of a process in clock ticks since boot, from /proc; undefined when it has ended, also as a zombie. */
function beganAt(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
