import { setImmediate } from "node:timers";
import type { Clock } from "@/application/ports.ts";
import type { Random } from "@/application/shared/random.ts";

/** One life of a process, from its start to its crash. What it waits for when it crashes never comes. */
export interface Life {
  name: string;
  alive: boolean;
  paused: boolean;
  /** How far its clock is off. */
  skewMs: number;
  clock: Clock;
  /** Resolves when the scheduler says that it is this step's turn. */
  turn(): Promise<void>;
  /** Called once, at the crash. */
  onCrash(act: () => void): void;
  crash(): void;
}

type Turn = { life: Life; go: () => void };
type Timer = { at: number; due: () => void };

export interface Scheduler {
  /** The true time in milliseconds, which no process knows. */
  now(): number;
  steps(): number;
  live(name: string): Life;
  /** Does something of the harness's own after so many milliseconds. */
  after(milliseconds: number, act: () => void): void;
  /** Gives turns until the condition holds (true) or the time has passed (false). `before` sees each turn and may spoil it. */
  run(until: () => boolean, atMost: number, before?: (life: Life) => void): Promise<boolean>;
}

/** Timers in the order in which they are due; of two that are due at once the first one set comes first. */
function createTimers() {
  const timers: Timer[] = [];
  return {
    timers,
    at(due: number, act: () => void): Timer {
      const timer = { at: due, due: act };
      const behind = timers.findIndex((other) => other.at > due);
      timers.splice(behind === -1 ? timers.length : behind, 0, timer);
      return timer;
    },
    cancel(timer: Timer): void {
      const place = timers.indexOf(timer);
      if (place !== -1) timers.splice(place, 1);
    },
  };
}

type LifeDeps = {
  now(): number;
  sleep(life: Life, milliseconds: number, signal?: AbortSignal): Promise<void>;
  wait(life: Life, go: () => void): void;
  end(life: Life): void;
};

function createLife(name: string, { now, sleep, wait, end }: LifeDeps): Life {
  const atCrash: (() => void)[] = [];
  const life: Life = {
    name,
    alive: true,
    paused: false,
    skewMs: 0,
    turn: () => new Promise((go) => void (life.alive && wait(life, go))),
    clock: {
      now: () => Math.floor(now()) + life.skewMs,
      sleep: (milliseconds, signal) => sleep(life, milliseconds, signal),
    },
    onCrash: (act) => void atCrash.push(act),
    crash() {
      if (!life.alive) return;
      life.alive = false;
      end(life);
      for (const act of atCrash) act();
    },
  };
  return life;
}

/** Lets everything that can go on without a turn go on. */
const drained = () => new Promise<void>((resolve) => setImmediate(() => resolve()));

/** Decides by chance who goes on next. Time is virtual: it creeps with each step and jumps when nobody can go on. */
export function createScheduler(random: Random, start: number): Scheduler {
  let time = start;
  let steps = 0;
  let turns: Turn[] = [];
  const { timers, at, cancel } = createTimers();

  const sleep = (life: Life, milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (!life.alive) return;
      const go = () => {
        cancel(timer);
        signal?.removeEventListener("abort", go);
        turns.push({ life, go: resolve });
      };
      const timer = at(time + milliseconds, go);
      if (signal?.aborted) go();
      else signal?.addEventListener("abort", go);
    });

  const live = (name: string): Life =>
    createLife(name, {
      now: () => time,
      sleep,
      wait: (life, go) => void turns.push({ life, go }),
      end: (life) => void (turns = turns.filter((turn) => turn.life !== life)),
    });

  async function run(until: () => boolean, atMost: number, before?: (life: Life) => void): Promise<boolean> {
    const end = time + atMost;
    for (;;) {
      await drained();
      if (until()) return true;
      if (time > end) return false;
      turns = turns.filter(({ life }) => life.alive);
      const ready = turns.filter(({ life }) => !life.paused);
      if (ready.length === 0) {
        if (timers.length === 0) return until();
        time = Math.max(time, timers[0]!.at);
      } else {
        const turn = random.pick(ready);
        steps++;
        before?.(turn.life);
        if (turn.life.alive && !turn.life.paused) {
          turns.splice(turns.indexOf(turn), 1);
          turn.go();
        }
        time += random.next();
      }
      while (timers.length > 0 && timers[0]!.at <= time) timers.shift()!.due();
    }
  }

  return {
    now: () => time,
    steps: () => steps,
    live,
    after: (milliseconds, act) => void at(time + milliseconds, act),
    run,
  };
}
