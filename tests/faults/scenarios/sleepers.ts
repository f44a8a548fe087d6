import { unfinished } from "@/tests/faults/evidence/quiet.ts";
import type { Scenario } from "../scenario.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

/** Longer than a silent member stays in its group. */
const BEYOND_SESSION_MS = 13_000;
/** How long a frozen process may keep its partitions from others. */
const FROZEN_MS = 60_000;
const CONSUMER = { ROLE: "consumer" };

/** Processes that live in another time than the others. */
export const SLEEPERS: Scenario[] = [
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
      await sleep(BEYOND_SESSION_MS + random.int(0, 2_000));
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
      const read = await until(world, async () => (await unfinished(topics, tables)).length === 0, FROZEN_MS);
      measure("seconds until the other one had read everything", Math.round((now() - from) / 1000));
      if (!read) breach("I12", `a frozen consumer held its partitions for more than ${FROZEN_MS / 1000} s`);
      services.signal("trend-2", "SIGCONT");
      say("SIGCONT trend-2");
      workload.goOn();
      await sleep(3_000);
    },
  },
  {
    id: "F25",
    title: "one process has another clock",
    how:
      "A second trend consumer and a second relay run an hour ahead or four minutes behind (an event more than five minutes ahead " +
      "of a clock is left out by intent): positions, order and leases must not care.",
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
