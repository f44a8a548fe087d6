import type { KafkaConnection } from "@/adapters/kafka/connection/client.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { sendBomb } from "@/tests/support/kafka/bomb.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import type { Scenario } from "../scenario.ts";
import { startStrangers } from "../strangers/start.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { park, type Place, sendCompressed, wantStuck } from "./decoding.ts";
import { measureAnswers, wantOrderlyLogs, wantStatuses } from "@/tests/faults/evidence/answer_checks.ts";
import { startResourceWatch } from "@/tests/faults/evidence/resource_watch.ts";
import { poison } from "@/tests/faults/clients/poison.ts";
import { portOf, startVisitor } from "./strangers.ts";

const LASTS_MS = 30_000;
const ROUND_MS = 60_000;
/** Fewer than one address may have of connections, and as many addresses as it takes to ask more than one may. */
const PER_ADDRESS = 15;
const HABITS = {
  oneByte: 150,
  announcedBody: 150,
  slowHead: 40,
  slowBody: 40,
  flood: 4,
  pipelines: 2,
  rubbish: 8,
  oddHosts: 5,
  brokenBodies: 5,
  hugeBodies: 2,
  leaves: 6,
};

/** Records that are compressed, that make no sense and that nobody can decode; an operator parks the last ones. */
async function sendRecords(world: World, round: number): Promise<void> {
  const { servers, topics, planted } = world;
  const messages = poison(TOPICS.activityEvents, ACTIVITY.bookRated, `round${round}`);
  planted.push(...messages.map((message) => ({ message, consumers: ["trend", "recommendation"] })));
  await topics.append(messages);
  if (servers.kafka === undefined) return;
  await sendCompressed(world, topics.named(TOPICS.activityCommands));
  const parts: KafkaConnection = { brokers: [`127.0.0.1:${servers.kafka.port}`], clientId: "faults", logger };
  const offset = await sendBomb(parts, topics.named(TOPICS.activityCommands), 0);
  const places: Place[] = [
    { topic: TOPICS.activityCommands, partition: 0, offset, services: ["web"], consumers: ["activity-commands"] },
  ];
  await wantStuck(world, places);
  await park(world, places);
}

/** All that strangers do, at the same time. */
export const ABUSE: Scenario[] = [
  {
    id: "F48",
    title: "everything at once that strangers do, for half a minute or as long as asked",
    how:
      "Slow heads and bodies, floods, pipelines, rubbish, odd hosts, broken and huge bodies, clients that leave, beside records " +
      "that are compressed, make no sense or cannot be decoded; the limits are those of a service that nobody has set up.",
    needs: [],
    invariants: ["I14", "I1", "I3", "I12"],
    load: { clients: 2, batch: [2, 15], pause: [150, 450] },
    partitions: 3,
    members: ["trend", "recommendation", "web"].map((name) => ({
      name,
      env: { LOG_LEVEL: "warn", CLIENT_RATE: "50", READER_RATE: "20" },
    })),
    async run(world) {
      const { services, sleep, say, now, random, lastsMs = LASTS_MS } = world;
      const until = now() + lastsMs;
      const resources = startResourceWatch(world);
      const [visitor, crowd] = [
        await startVisitor(world, 100),
        await startStrangers({
          habits: HABITS,
          ports: services.names().map((name) => portOf(world, name)),
          perAddress: PER_ADDRESS,
          pauseMs: [500, 3_000],
          seed: random.int(1, 1e6),
        }),
      ];
      for (let round = 1; now() < until; round++) {
        const next = Math.min(until, now() + ROUND_MS);
        await sendRecords(world, round);
        say(`round ${round}: ${crowd.count().made} connections so far; ${resources.latest()}`);
        await sleep(Math.max(0, next - now()));
      }
      measureAnswers(world, visitor);
      wantStatuses(world, "strangers", crowd);
      await Promise.all([crowd.stop(), visitor.stop()]);
      resources.stop();
      wantOrderlyLogs(world);
    },
  },
];
