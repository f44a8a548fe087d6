import { kafkaRequests, PRODUCE } from "@/tests/faults/world/requests.ts";
import type { Scenario } from "../scenario.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

/** The web service in three processes, so that each part can be harmed alone. */
const WEB_IN_PARTS = [
  { name: "trend" },
  { name: "recommendation" },
  { name: "web", env: { ROLE: "api" } },
  { name: "web-commands", env: { ROLE: "consumer" } },
  { name: "web-relay", env: { ROLE: "relay" } },
];

export const KILLS: Scenario[] = [
  {
    id: "F1",
    title: "a consumer is killed in the middle of its work",
    how:
      "`kill -9` of the trend and the recommendation process at random moments under load, started again after a moment.",
    needs: [],
    invariants: ["I1", "I3", "I4", "I5"],
    harms: ["projections"],
    async run({ random, services, member, sleep, say }) {
      for (let times = 0; times < 3; times++) {
        const name = random.pick(["trend", "recommendation"]);
        await sleep(random.int(300, 2_500));
        say(`kill -9 ${name}`);
        await services.kill(name);
        await sleep(random.int(0, 800));
        await services.up(member(name));
        say(`${name} is back`);
      }
    },
  },
  {
    id: "F2",
    title: "the relay is killed between sending and removing",
    how:
      "`kill -9` of the relay when the broker has stored its batch but the answer is still on its way, and at random moments.",
    needs: [],
    invariants: ["I1", "I2", "I11"],
    members: WEB_IN_PARTS,
    async run(world) {
      const { random, services, servers, member, sleep, say, measure } = world;
      const way = servers.toKafka.web;
      for (let times = 0; times < 5; times++) {
        const before = way.stats().lost;
        const when = servers.kafka === undefined ? "at random" : ["stored", "on its way", "at random"][times % 3];
        if (when === "stored") {
          way.lose({ requests: kafkaRequests(PRODUCE), nth: random.int(2, 6), then: "silence" });
          await until(world, () => way.stats().lost > before, 8_000);
        } else if (when === "on its way") {
          way.set({ stall: { up: true, down: false } });
          await sleep(random.int(500, 1_000));
        } else await sleep(random.int(200, 1_500));
        say(`kill -9 web-relay, its batch ${when}`);
        await services.kill("web-relay");
        // What has not reached the broker never does.
        way.reset();
        way.heal();
        await services.up(member("web-relay", { ROLE: "relay" }));
      }
      measure("kills with a batch stored and not removed", way.stats().lost);
      await sleep(1_000);
    },
  },
  {
    id: "F39",
    title: "two relays, of which the one with the lease sleeps beyond it",
    how:
      "SIGSTOP of each of two relays in turn for longer than a lease, under load, then SIGCONT: for a moment both send.",
    needs: [],
    invariants: ["I4", "I11"],
    members: [...WEB_IN_PARTS, { name: "web-relay-2", env: { ROLE: "relay" } }],
    async run({ random, services, sleep, say }) {
      for (const name of ["web-relay", "web-relay-2", "web-relay"]) {
        await sleep(random.int(500, 1_500));
        say(`SIGSTOP ${name}`);
        services.signal(name, "SIGSTOP");
        await sleep(6_000 + random.int(0, 1_500));
        services.signal(name, "SIGCONT");
        say(`SIGCONT ${name}`);
      }
      await sleep(1_500);
    },
  },
];
