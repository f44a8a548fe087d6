import type { Random } from "@/application/shared/random.ts";
import type { Part, Scenario } from "../scenario.ts";
import type { World } from "@/tests/faults/world/world.ts";

const LASTS_MS = 60_000;
const MOST_AT_ONCE = 4;
/** Some begin while others are at work already. */
const MOST_LATER_MS = 4_000;

/** Two to four scenarios of which no two harm the same part. */
function drawn(all: Scenario[], random: Random): Scenario[] {
  const most = random.int(2, MOST_AT_ONCE);
  const left = [...all];
  const chosen: Scenario[] = [];
  const harmed = new Set<Part>();
  while (left.length > 0 && chosen.length < most) {
    const [one] = left.splice(random.below(left.length), 1);
    if (one!.harms!.some((part) => harmed.has(part))) continue;
    chosen.push(one!);
    for (const part of one!.harms!) harmed.add(part);
  }
  return chosen;
}

/** What one scenario promises of its harm alone need not hold beside others; what all promise is checked at the end. */
const beside = (world: World, name: string): World => ({
  ...world,
  random: world.random.fork(name),
  breach: (_invariant, what, example) => world.say(`beside others: ${what} (${example ?? ""})`),
});

/** Several of these scenarios at the same time, round after round. */
export const mixOf = (scenarios: Scenario[]): Scenario => ({
  id: "F50",
  title: "two to four harms at the same time, round after round",
  how:
    "In each round scenarios that harm different parts are drawn and run beside each other: processes, members, broker, database " +
    "and the links between them. After a round all is healed, for a moment.",
  needs: [],
  invariants: ["I1", "I3", "I4", "I12", "I17", "I18", "I19"],
  load: { clients: 2, batch: [2, 15], pause: [150, 450] },
  partitions: 6,
  members: ["trend", "recommendation", "web", "web-2"].map((name) => ({ name })),
  patienceMs: 180_000,
  async run(world) {
    const { services, servers, now, sleep, say, measure, doors, lastsMs = LASTS_MS } = world;
    const has = {
      kafka: servers.kafka !== undefined,
      database: servers.database !== undefined,
      "version before": false,
    };
    const able = scenarios.filter(({ harms, needs }) => harms !== undefined && needs.every((need) => has[need]));
    const times = new Map<string, number>();
    doors.push("web-2");
    const until = now() + lastsMs;
    let round = 0;
    while (now() < until) {
      const chosen = drawn(able, world.random.fork(`round ${++round}`));
      say(`round ${round}: ${chosen.map(({ id, title }) => `${id} ${title}`).join("; ")}`);
      for (const { id } of chosen) times.set(id, (times.get(id) ?? 0) + 1);
      const ends = await Promise.allSettled(chosen.map(async (one) => {
        const own = beside(world, `${round} ${one.id}`);
        await sleep(own.random.below(MOST_LATER_MS));
        await one.run(own);
      }));
      const failed = ends.find((end) => end.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      await servers.heal();
      await services.revive();
      await sleep(world.random.int(1_000, 3_000));
    }
    measure("rounds", round);
    measure("harms", [...times].map(([id, count]) => `${count} times ${id}`).join(", "));
  },
});
