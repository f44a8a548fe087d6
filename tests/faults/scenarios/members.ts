import { MINUTE } from "@/domain/hours.ts";
import type { Scenario } from "../scenario.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

/** How long a process may take to end after it was asked to, with some slack for a busy machine. */
const DEADLINE_MS = 4_500;
/** Killed by SIGTERM before it was up to listening to it. */
const TERMINATED = 143;
const CONSUMER = { ROLE: "consumer" };

export const MEMBERS: Scenario[] = [
  {
    id: "F15",
    title: "members come and go all the time",
    how: "Trend consumers are started, stopped and killed at random, up to three beside the first one, under load.",
    needs: [],
    invariants: ["I1", "I4", "I6", "I12"],
    harms: ["members"],
    partitions: 6,
    async run({ random, services, member, sleep, say, measure }) {
      const ways = new Map<string, number>();
      let next = 2;
      const others: string[] = [];
      for (let turn = 0; turn < 9; turn++) {
        const way = others.length === 0
          ? "start"
          : others.length === 3
          ? "stop"
          : random.pick(["start", "stop", "kill"]);
        ways.set(way, (ways.get(way) ?? 0) + 1);
        if (way === "start") {
          others.push(`trend-${next++}`);
          services.launch(member(others.at(-1)!, CONSUMER));
        } else {
          const [name] = others.splice(random.int(0, others.length - 1), 1);
          say(`${way} ${name}`);
          if (way === "stop") await services.stop(name!);
          else await services.kill(name!);
        }
        await sleep(random.int(300, 2_500));
      }
      for (const name of others) await services.stop(name);
      for (const [way, count] of ways) measure(`members: ${way}`, count);
    },
  },
  {
    id: "F16",
    title: "a process is stopped while it joins, while others join, and twice",
    how:
      "SIGTERM at random moments of a consumer's start and of its group's sharing out, once or twice; it must end cleanly.",
    needs: [],
    invariants: ["I13"],
    harms: ["members"],
    partitions: 6,
    async run(world) {
      const { random, services, member, sleep, say, breach, measure } = world;
      let longest = 0;
      for (let turn = 0; turn < 6; turn++) {
        const name = `trend-${turn + 2}`;
        services.launch(member(name, CONSUMER));
        // HTTP answers before the consumer has joined, so that most of these fall into its joining.
        if (turn > 0) await until(world, () => services.url(name) !== undefined, 30_000);
        await sleep(random.int(0, 1_500));
        if (random.chance(0.4)) {
          services.signal(name, "SIGTERM");
          await sleep(random.int(0, 50));
        }
        const { code, tookMs } = await services.stop(name);
        longest = Math.max(longest, tookMs);
        say(`${name} ended with status ${code} after ${Math.round(tookMs)} ms`);
        if (code !== 0 && code !== TERMINATED) {
          breach("I13", "a process did not end cleanly", `${name}: status ${code}`);
        }
        if (tookMs > DEADLINE_MS) breach("I13", "a process took too long to end", `${name}: ${Math.round(tookMs)} ms`);
      }
      measure("longest stop (ms)", Math.round(longest));
    },
  },
  {
    id: "F17",
    title: "every process is replaced by a new one, under load",
    how:
      "A new process is started beside each, takes over, and the old one is asked to end: trend, recommendation and web.",
    needs: [],
    invariants: ["I13", "I1"],
    // A slow machine is no fault of a deployment; what a deployment loses is never answered.
    clientsWaitMs: MINUTE,
    async run(world) {
      const { services, member, sleep, say, breach, calls, doors, measure, losses } = world;
      await sleep(1_000);
      for (const name of ["recommendation", "web"]) {
        await services.up(member(`${name}-2`));
        if (name === "web") {
          doors.splice(0, 1, "web-2");
          await sleep(1_500);
        }
        const { code, tookMs } = await services.stop(name);
        say(`${name} is replaced; it ended with status ${code} after ${Math.round(tookMs)} ms`);
        measure(`${name}: ms to end`, Math.round(tookMs));
        if (code !== 0) breach("I13", "a process did not end cleanly", `${name}: status ${code}`);
      }
      await services.up(member("trend-2"));
      const { code } = await services.stop("trend");
      if (code !== 0) breach("I13", "a process did not end cleanly", `trend: status ${code}`);
      await services.up(member("trend"));
      await services.stop("trend-2");
      say("trend is replaced, twice");
      await until(world, () => calls.counts().ok > 2_000, 5_000);
      const unanswered = calls.unanswered();
      if (unanswered > 0) {
        breach("I13", "commands had no answer during a deployment", `${unanswered}; requests: ${losses()}`);
      }
    },
  },
];
