import { TOPICS } from "@/application/published/topics.ts";
import { checkPositions } from "@/tests/oracle/promises/positions.ts";
import { violation } from "@/tests/oracle/violation.ts";
import type { Scenario } from "../scenario.ts";
import { until, wantHttp } from "@/tests/faults/evidence/process_checks.ts";

export const BROKER: Scenario[] = [
  {
    id: "F3",
    title: "the broker is killed",
    how:
      "`kill -9` of Kafka under load, started again on its data after 1 to 5 seconds, twice; HTTP must go on meanwhile.",
    needs: ["kafka"],
    invariants: ["I1", "I4", "I12", "I16"],
    harms: ["broker"],
    async run(world) {
      const { random, servers, sleep, say, now } = world;
      for (let times = 0; times < 2; times++) {
        await sleep(random.int(1_000, 3_000));
        const from = now();
        say("kill -9 kafka");
        await servers.kafka!.kill();
        await sleep(random.int(1_000, 5_000));
        await servers.kafka!.start();
        say("kafka is back");
        wantHttp(world, from);
      }
      await sleep(2_000);
    },
  },
  {
    id: "F4",
    title: "the broker is stopped and started cleanly",
    how:
      "SIGTERM to Kafka under load, started again on its data. One node: nobody takes over its partitions meanwhile.",
    needs: ["kafka"],
    invariants: ["I1", "I4"],
    harms: ["broker"],
    async run(world) {
      const { random, servers, sleep, say, now } = world;
      await sleep(random.int(1_000, 3_000));
      const from = now();
      say("SIGTERM kafka");
      await servers.kafka!.stop();
      await servers.kafka!.start();
      say("kafka is back");
      wantHttp(world, from);
      await sleep(2_000);
    },
  },
  {
    id: "F5",
    title: "the log loses what a consumer has not read",
    how:
      "While the trend service is away, the start of its partitions is moved beyond where it left off, as retention does. " +
      "It must say so and stop there, and never pass over what is gone in silence.",
    needs: ["kafka"],
    invariants: ["I12", "I16"],
    partitions: 1,
    async run(world) {
      const { services, topics, calls, sleep, say, workload, member } = world;
      await sleep(3_000);
      await services.kill("trend");
      const before = calls.counts().ok;
      await until(world, () => calls.counts().ok > before + 400, 20_000);
      await workload.stop();
      await until(
        world,
        async () => Number((await world.tables.rows("web", "SELECT COUNT(*) AS n FROM outbox"))[0]!.n) === 0,
        20_000,
      );
      const end = (await topics.ends()).get(`${TOPICS.activityEvents}/0`)!;
      await topics.administer(async (admin) => {
        const topic = topics.named(TOPICS.activityEvents);
        // The client deletes only from topics that it has asked something about before.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: end }] });
      });
      say(`records before ${end} of ${TOPICS.activityEvents}/0 are deleted`);
      services.launch(member("trend"));
      await until(world, () => services.url("trend") !== undefined, 20_000);
      await workload.send(Array.from({ length: 20 }, workload.draw));
    },
    async end(world) {
      const { services, trend, measure, now, tables } = world;
      const from = now();
      const halted = await until(world, () => services.log("trend").includes('"partition-halted"'), 30_000);
      measure("seconds until it said so", Number(((now() - from) / 1000).toFixed(1)));
      const verbose = await trend("GET", "/readyz?verbose");
      const [row] = (await tables.rows("trend", `SELECT * FROM ${tables.positions}`)).filter((one) =>
        String(one.topic) === TOPICS.activityEvents
      );
      await world.watch.stop();
      return [
        ...violation("I12", "a gap in the log was passed over without a word", halted ? [] : [`position ${row?.next}`]),
        ...violation(
          "I16",
          "a service with a gap before it is ready",
          verbose === undefined ? [] : [`${verbose.status}`],
        ),
        ...checkPositions({ positions: world.watch.notes() }),
      ];
    },
  },
];
