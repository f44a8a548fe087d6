import type { Scenario } from "../scenario.ts";
import type { Habits } from "../strangers/main.ts";
import { startStrangers, type Strangers } from "../strangers/start.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { memoryOf } from "@/tests/faults/evidence/memory.ts";
import { tookOf, wantOrderlyLogs, wantQuickAnswers, wantStatuses } from "@/tests/faults/evidence/answer_checks.ts";

/** Few enough that one service's share of them is used up in a second. */
const DESCRIPTORS = 200;
const ANNOUNCING = 5_000;
const MOST_GROWTH_MB = 100;
const HOLD_MS = 15_000;

export const portOf = ({ services }: World, name: string): number => Number(new URL(services.url(name)!).port);

/** Somebody who only wants an answer, with a new connection each time. */
export const startVisitor = ({ services }: World, everyMs = 30): Promise<Strangers> =>
  startStrangers({
    visits: [`${services.url("web")}/v1/books?q=book`, `${services.url("web")}/v1/books?q=writer`],
    everyMs,
  });

/** Strangers who come to the services, `perAddress` of them from each address. */
const startCrowd = (
  world: World,
  { habits, names, perAddress }: { habits: Habits; names: string[]; perAddress: number },
): Promise<Strangers> =>
  startStrangers({
    habits,
    ports: names.map((name) => portOf(world, name)),
    perAddress,
    pauseMs: [2_000, 5_000],
    seed: world.random.int(1, 1e6),
  });

/** Strangers who ask too much of the services. */
export const STRANGERS: Scenario[] = [
  {
    id: "F46",
    title: "clients open more connections than a process may open files",
    how:
      `Each process may open ${DESCRIPTORS} files. 1,500 connections come with one byte each, from five addresses, and ` +
      "come again when they are closed; meanwhile every connection to broker and database is cut and has to be made again.",
    needs: [],
    invariants: ["I13", "I12", "I1"],
    members: ["trend", "recommendation", "web"].map((name) => ({ name, descriptors: DESCRIPTORS })),
    async run(world) {
      const { servers, services, sleep, say } = world;
      await sleep(1_000);
      const names = services.names();
      const crowd = await startCrowd(world, { habits: { oneByte: 1_500 }, names, perAddress: 300 });
      const visitor = await startVisitor(world);
      say(`${crowd.count().made} connections have been made to ${names.join(", ")}`);
      await sleep(HOLD_MS / 3);
      const cut = [...Object.values(servers.toKafka), ...Object.values(servers.toDatabase)].map((way) => way.reset());
      say(`${cut.reduce((sum, one) => sum + one, 0)} connections to broker and database are cut`);
      await sleep(2 * HOLD_MS / 3);
      wantQuickAnswers(world, visitor);
      await Promise.all([crowd.stop(), visitor.stop()]);
      wantOrderlyLogs(world);
    },
  },
  {
    id: "F47",
    title: "thousands of clients announce a megabyte and send a byte",
    how:
      `${
        ANNOUNCING.toLocaleString("en")
      } connections announce a body of 1 MB to web and send one byte of it, from 25 ` +
      "addresses, and come again when they are closed. Memory grows with what has come, not with what was announced.",
    needs: [],
    invariants: ["I14", "I1"],
    async run(world) {
      const { services, sleep, say, measure, breach } = world;
      const visitor = await startVisitor(world);
      await sleep(3_000);
      const before = memoryOf(services.pid("web"));
      measure("a search before them took (ms; p50, p99, most)", tookOf(visitor).seen);
      visitor.forget();
      const crowd = await startCrowd(world, { habits: { announcedBody: ANNOUNCING }, names: ["web"], perAddress: 200 });
      let most = before;
      for (let looks = 0; looks < 30; looks++) {
        most = Math.max(most, memoryOf(services.pid("web")));
        await sleep(HOLD_MS / 30);
      }
      say(`${crowd.count().made} bodies were announced`);
      const growth = Math.round(most - before);
      measure("memory of web before (MB)", Math.round(before));
      measure("memory that web took more (MB)", growth);
      if (growth > MOST_GROWTH_MB) breach("I14", `web took more than ${MOST_GROWTH_MB} MB`, `${growth} MB`);
      wantQuickAnswers(world, visitor);
      wantStatuses(world, "strangers", crowd);
      await Promise.all([crowd.stop(), visitor.stop()]);
      wantOrderlyLogs(world);
    },
  },
];
