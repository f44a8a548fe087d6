import type { Scenario } from "../scenario.ts";
import { unfinished } from "../quiet.ts";
import { until } from "./looks.ts";

/** Longer than a silent member stays in its group (ms). */
const BEYOND_SESSION = 13_000;
/** How long a process may take to end after it was asked to (ms), with some slack for a busy machine. */
const DEADLINE = 4_500;
/** Killed by SIGTERM before it was up to listening to it. */
const TERMINATED = 143;
/** How long a frozen process may keep its partitions from others (ms). */
const FROZEN = 60_000;
const CONSUMER = { ROLE: "consumer" };

export const MEMBERS: Scenario[] = [
  {
    id: "F14",
    title: "a consumer sleeps beyond its session and goes on",
    how:
      "SIGSTOP of one of two trend consumers with messages at hand, for longer than its session, then SIGCONT: others own its " +
      "partitions by then, and it must not write.",
    needs: [],
    invariants: ["I6", "I1", "I3"],
    partitions: 6,
    members: [{ name: "trend" }, { name: "trend-2", env: CONSUMER }, { name: "recommendation" }, { name: "web" }],
    async run(world) {
      const { random, services, servers, workload, topics, tables, sleep, say, measure } = world;
      await sleep(random.int(1_000, 3_000));
      const zombie = random.pick(["trend", "trend-2"]);
      // Nobody is in a transaction when the way to the database is stalled, so that it has messages at hand and no lock.
      workload.pause();
      await until(world, async () => (await unfinished(topics, tables)).length === 0, 15_000);
      servers.toDatabase.trend.set({ stall: { up: true, down: true } });
      workload.goOn();
      await sleep(random.int(1_200, 2_000));
      say(`SIGSTOP ${zombie}, with messages at hand`);
      services.signal(zombie, "SIGSTOP");
      servers.toDatabase.trend.heal();
      await sleep(BEYOND_SESSION + random.int(0, 2_000));
      services.signal(zombie, "SIGCONT");
      say(`SIGCONT ${zombie}`);
      await sleep(4_000);
      measure("batches refused to the earlier owner", services.log(zombie).split("no longer owns").length - 1);
    },
  },
  {
    id: "F41",
    title: "a consumer is frozen inside a transaction",
    how:
      "SIGSTOP of one of two trend consumers while it holds the positions of its partitions. It must not hold them for ever: the " +
      "other one has read everything while the first one still sleeps.",
    needs: ["database"],
    invariants: ["I12", "I6"],
    partitions: 6,
    members: [{ name: "trend" }, { name: "trend-2", env: CONSUMER }, { name: "recommendation" }, { name: "web" }],
    async run(world) {
      const { services, workload, topics, tables, sleep, say, breach, measure, now } = world;
      await sleep(2_000);
      const connection = await tables.connect("trend");
      await connection.run("START TRANSACTION");
      await connection.run("SELECT * FROM consumer_position FOR UPDATE");
      await sleep(1_500);
      say("SIGSTOP trend-2, which waits for the lock of a position");
      services.signal("trend-2", "SIGSTOP");
      await connection.run("ROLLBACK");
      connection.close();
      const from = now();
      await sleep(3_000);
      workload.pause();
      const read = await until(world, async () => (await unfinished(topics, tables)).length === 0, FROZEN);
      measure("seconds until the other one had read everything", Math.round((now() - from) / 1000));
      if (!read) breach("I12", `a frozen consumer held its partitions for more than ${FROZEN / 1000} s`);
      services.signal("trend-2", "SIGCONT");
      say("SIGCONT trend-2");
      workload.goOn();
      await sleep(3_000);
    },
  },
  {
    id: "F15",
    title: "members come and go all the time",
    how: "Trend consumers are started, stopped and killed at random, up to three beside the first one, under load.",
    needs: [],
    invariants: ["I1", "I4", "I6", "I12"],
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
        const { code, took } = await services.stop(name);
        longest = Math.max(longest, took);
        say(`${name} ended with status ${code} after ${Math.round(took)} ms`);
        if (code !== 0 && code !== TERMINATED) {
          breach("I13", "a process did not end cleanly", `${name}: status ${code}`);
        }
        if (took > DEADLINE) breach("I13", "a process took too long to end", `${name}: ${Math.round(took)} ms`);
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
    async run(world) {
      const { services, member, sleep, say, breach, calls, door, measure } = world;
      await sleep(1_000);
      for (const name of ["recommendation", "web"]) {
        await services.up(member(`${name}-2`));
        if (name === "web") {
          door.name = "web-2";
          await sleep(1_500);
        }
        const { code, took } = await services.stop(name);
        say(`${name} is replaced; it ended with status ${code} after ${Math.round(took)} ms`);
        measure(`${name}: ms to end`, Math.round(took));
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
      if (unanswered > 0) breach("I13", "commands had no answer during a deployment", `${unanswered}`);
    },
  },
  {
    id: "F25",
    title: "one process has another clock",
    how:
      "A second trend consumer and a second relay run an hour ahead or four minutes behind (an event more than five minutes ahead " +
      "of a clock is set aside by intent): positions, order and leases must not care.",
    needs: ["database"],
    invariants: ["I1", "I3", "I4"],
    partitions: 6,
    async run({ random, services, member, sleep, say, breach }) {
      const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
      const skew = random.pick(["+1h", "-4m"]);
      const env = { LD_PRELOAD: library, FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
      if (!(await Deno.stat(library).then(() => true, () => false))) {
        return breach("run", `this machine lacks ${library} (apt-get install faketime)`);
      }
      await services.up(member("trend-2", { ...CONSUMER, ...env }));
      await services.up(member("web-2", { ROLE: "relay", ...env }));
      say(`trend-2 and web-2 run with a clock at ${skew}`);
      await sleep(5_000);
      await services.kill("trend");
      say("kill -9 trend: the one with the other clock takes over");
      await sleep(3_000);
      await services.up(member("trend"));
      await services.stop("trend-2");
      await services.kill("web-2");
      say("kill -9 web-2: what it took on lease by its own clock must not last");
    },
  },
];
