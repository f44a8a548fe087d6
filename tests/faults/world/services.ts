import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { type Service, start } from "@/tests/support/processes/processes.ts";
import type { Way } from "./servers.ts";

/** How long a process may take to be ready. A machine that is busy with other work is no fault of the suite. */
const START_MS = 120_000;

/** A process of a service, by a name of its own, as there may be several of one service. */
export type Member = {
  name: string;
  service: Way;
  env: Record<string, string>;
  /** How many files it may open, where it is fewer than others may. */
  descriptors?: number | undefined;
  /** The folder of its program, where it is not this one. */
  program?: string | undefined;
};

export interface Services {
  /** Starts a process; resolves when it is ready. */
  up(member: Member, patienceMs?: number): Promise<void>;
  /** Starts a process that may not become ready yet. */
  launch(member: Member): void;
  /** Waits until it says that it is ready. One whose store is away at its start ends, and is started again as a supervisor does. */
  ready(name: string, patienceMs?: number): Promise<void>;
  kill(name: string): Promise<void>;
  /** SIGTERM, and waits; exit status and how long it took. */
  stop(name: string): Promise<{ code: number; tookMs: number }>;
  signal(name: string, signal: Deno.Signal): void;
  url(name: string): string | undefined;
  names(): string[];
  pid(name: string): number;
  /** All that there have been, those that have ended too. */
  everyone(): string[];
  /** What its processes have printed on standard error so far, its own log lines. */
  log(name: string): string;
  /** Processes that ended although nobody asked them to, with what they said last. */
  deaths(): string[];
  /** How many starts ended as the store did not answer. */
  failedStarts(): number;
  /** Starts those that ended by themselves, as a supervisor does. */
  revive(): Promise<void>;
  clear(): Promise<void>;
}

type Running = { member: Member; process: Started; wanted: boolean; ended: boolean };

export function createServices(): Services {
  const running = new Map<string, Running>();
  const printed = new Map<string, string[]>();
  const deaths: string[] = [];
  let failedStarts = 0;
  let over = false;
  const get = (name: string): Running => {
    const found = running.get(name);
    if (found === undefined) throw new Error(`no process ${name}; there are ${[...running.keys()].join(", ")}`);
    return found;
  };

  function launch(member: Member): void {
    if (over) throw new Error("the run is over");
    const process = start(member.service as Service, member.env, {
      descriptors: member.descriptors,
      program: member.program,
    });
    const one: Running = { member, process, wanted: true, ended: false };
    process.ended().then(({ code }) => {
      one.ended = true;
      if (one.wanted && storeWasAway(process)) failedStarts++;
      else if (one.wanted) deaths.push(`${member.name} ended with status ${code}: ${process.err().trim().slice(-500)}`);
      printed.set(member.name, [...printed.get(member.name) ?? [], process.err()]);
    });
    running.set(member.name, one);
  }

  async function ready(name: string, patienceMs = START_MS): Promise<void> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const one = get(name);
      await waitUntilReady(one, until - performance.now());
      if (!one.wanted || !storeWasAway(one.process)) return;
      launch(one.member);
    }
  }

  async function gone(name: string, signal: Deno.Signal): Promise<{ code: number; tookMs: number }> {
    const one = get(name);
    one.wanted = false;
    if (!one.ended) one.process.signal(signal);
    const ended = await one.process.ended();
    running.delete(name);
    return ended;
  }

  return {
    launch,
    ready,
    async up(member, patienceMs) {
      launch(member);
      await ready(member.name, patienceMs);
    },
    kill: async (name) => void await gone(name, "SIGKILL"),
    stop: (name) => gone(name, "SIGTERM"),
    signal(name, signal) {
      const one = get(name);
      if (signal === "SIGTERM") one.wanted = false;
      one.process.signal(signal);
    },
    url(name) {
      const one = running.get(name);
      return one === undefined ? undefined : urlOf(one);
    },
    names: () => [...running.keys()],
    everyone: () => [...new Set([...printed.keys(), ...running.keys()])],
    pid: (name) => get(name).process.pid,
    log: (name) => [...printed.get(name) ?? [], running.get(name)?.process.err() ?? ""].join(""),
    deaths: () => deaths,
    failedStarts: () => failedStarts,
    async revive() {
      for (const { member, ended } of running.values()) if (ended) launch(member);
      for (const name of running.keys()) await ready(name);
    },
    async clear() {
      over = true;
      for (const name of running.keys()) await gone(name, "SIGKILL");
    },
  };
}

async function waitUntilReady({ member, process }: Running, patienceMs: number): Promise<void> {
  try {
    await eventually(() => process.out().includes("ready") || storeWasAway(process), patienceMs);
  } catch (error) {
    throw new Error(`${member.name} was not ready in ${patienceMs} ms: ${process.err().trim().slice(-500)}`, {
      cause: error,
    });
  }
}

/** Whether it has ended before it was ready, as a server did not answer by then. */
const storeWasAway = (process: Started): boolean =>
  process.isOver() && !process.out().includes("ready") &&
  /^bookstream: .*the store does not answer/m.test(process.err());

/** Where a process listens, or undefined while it does not. */
function urlOf({ member, process }: Running): string | undefined {
  try {
    return process.url(member.service);
  } catch {
    return undefined;
  }
}
