import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Scenario } from "../scenario.ts";
import { memoryOf } from "@/tests/faults/evidence/memory.ts";
import { wantHttp } from "@/tests/faults/evidence/process_checks.ts";

/** What a consumer may take of memory with any backlog. */
const MOST_MEMORY_MB = 500;
const BACKLOG = 30_000;

export const LIMITS: Scenario[] = [
  {
    id: "F26",
    title: "the broker's disk is full",
    how:
      "Kafka's data is on a small disk that is filled up under load, and emptied again after a while; HTTP goes on meanwhile.",
    needs: ["kafka"],
    invariants: ["I1", "I14", "I12"],
    disks: { kafka: "300m" },
    patienceMs: 90_000,
    async run(world) {
      const { servers, sleep, say, now } = world;
      await sleep(2_000);
      const from = now();
      say("the broker's disk is full");
      await servers.disks.kafka!.fill(100_000);
      await sleep(10_000);
      say(`the broker ${servers.kafka!.running() ? "runs" : "has ended"}`);
      await servers.disks.kafka!.free();
      // As whoever operates it does: Kafka does not take back a disk that has failed.
      await servers.kafka!.kill();
      await servers.kafka!.start();
      say("there is space again, the broker is started again");
      wantHttp(world, from);
      await sleep(2_000);
    },
  },
  {
    id: "F27",
    title: "the database's disk is full",
    how: "The database's data is on a small disk that is filled up under load, and emptied again after a while.",
    needs: ["database"],
    invariants: ["I2", "I3", "I12"],
    disks: { database: "700m" },
    patienceMs: 90_000,
    async run({ servers, sleep, say }) {
      await sleep(2_000);
      say("the database's disk is full");
      await servers.disks.database!.fill(0);
      await sleep(8_000);
      say(`the database ${servers.database!.running() ? "runs" : "has ended"}`);
      await servers.disks.database!.free();
      if (!servers.database!.running()) await servers.database!.start();
      say("there is space again");
      await sleep(4_000);
    },
  },
  {
    id: "F29",
    title: "a long backlog, little memory",
    how:
      `${BACKLOG} events come while trend is away; it reads them with a heap of 150 MB, and takes no more than it should.`,
    needs: [],
    invariants: ["I14", "I3", "I12"],
    async run({ random, services, member, topics, foreign, workload, sleep, say, measure, breach }) {
      await services.kill("trend");
      const time = Date.now();
      for (let sent = 0; sent < BACKLOG; sent += 1_000) {
        const messages = Array.from({ length: 1_000 }, (_, at): Outgoing => {
          const id = `backlog-${sent + at}`;
          foreign.add(id);
          const data = { reader: `q${random.int(0, 5_000)}`, book: random.pick(workload.books()) };
          const when = new Date(time - random.int(0, 3_600_000)).toISOString();
          const envelope = { id, source: "/other", type: ACTIVITY.bookViewed, time: when, data };
          return { topic: TOPICS.activityEvents, ...encode(envelope, data.reader) };
        });
        await topics.append(messages);
      }
      say(`${BACKLOG} events are waiting`);
      await services.up(member("trend", { DENO_V8_FLAGS: "--max-old-space-size=150" }));
      let most = 0;
      for (let looks = 0; looks < 40; looks++) {
        most = Math.max(most, memoryOf(services.pid("trend")));
        await sleep(250);
      }
      measure("most memory of trend (MB)", Math.round(most));
      if (most > MOST_MEMORY_MB) breach("I14", `trend took more than ${MOST_MEMORY_MB} MB`, `${Math.round(most)} MB`);
    },
  },
];
