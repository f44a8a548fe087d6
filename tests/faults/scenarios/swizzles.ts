import type { Random } from "@/application/shared/random.ts";
import type { Scenario } from "../scenario.ts";
import { PROJECTIONS, WAYS } from "@/tests/faults/world/servers.ts";

/** The items in another order. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  return Array.from(items, () => left.splice(random.below(left.length), 1)[0]!);
}

type Swizzled<Item> = {
  random: Random;
  sleep(milliseconds: number): Promise<void>;
  stop(item: Item): void;
  heal(item: Item): void;
};

/** Stops all items one by one, and lets them go on in another order, as FoundationDB's tests do ("swizzle-clogging"). */
async function swizzle<Item>(items: readonly Item[], { random, sleep, stop, heal }: Swizzled<Item>): Promise<void> {
  for (const item of shuffled(items, random)) {
    stop(item);
    await sleep(random.int(200, 2_000));
  }
  await sleep(random.int(0, 6_000));
  for (const item of shuffled(items, random)) {
    heal(item);
    await sleep(random.int(200, 2_000));
  }
}

export const SWIZZLES: Scenario[] = [
  {
    id: "F51",
    title: "links are stopped one by one and healed in another order",
    how:
      "The links of each service to broker and database stall, one after the other, each in one direction or both; then they pass " +
      "again one after the other, in another order. Twice.",
    needs: ["database"],
    invariants: ["I1", "I4", "I12"],
    harms: ["links"],
    async run({ random, servers, sleep, say }) {
      const links = WAYS.flatMap((way) => [
        { name: `${way} to the database`, proxy: servers.toDatabase[way] },
        ...(servers.kafka === undefined ? [] : [{ name: `${way} to the broker`, proxy: servers.toKafka[way] }]),
      ]);
      for (let times = 0; times < 2; times++) {
        await sleep(random.int(500, 1_500));
        await swizzle(links, {
          random,
          sleep,
          stop({ name, proxy }) {
            const stall = random.pick([{ up: true, down: true }, { up: true, down: false }, { up: false, down: true }]);
            say(`${name}: ${stall.up && stall.down ? "nothing passes" : `nothing passes ${stall.up ? "up" : "down"}`}`);
            proxy.set({ stall });
          },
          heal({ name, proxy }) {
            proxy.heal();
            say(`${name}: all passes`);
          },
        });
      }
      await sleep(1_000);
    },
  },
  {
    id: "F52",
    title: "processes fall asleep one by one and wake in another order",
    how:
      "SIGSTOP of the trend and the recommendation process, for shorter and longer than a session, then SIGCONT. Twice.",
    needs: [],
    invariants: ["I6", "I1", "I3"],
    harms: ["projections"],
    async run({ random, services, sleep, say }) {
      for (let times = 0; times < 2; times++) {
        await sleep(random.int(500, 1_500));
        await swizzle(PROJECTIONS, {
          random,
          sleep,
          stop(name) {
            say(`SIGSTOP ${name}`);
            services.signal(name, "SIGSTOP");
          },
          heal(name) {
            services.signal(name, "SIGCONT");
            say(`SIGCONT ${name}`);
          },
        });
        // Longer than a silent member stays in its group.
        const name = random.pick(PROJECTIONS);
        say(`SIGSTOP ${name} for longer than its session`);
        services.signal(name, "SIGSTOP");
        await sleep(random.int(12_000, 15_000));
        services.signal(name, "SIGCONT");
      }
      await sleep(1_000);
    },
  },
];
