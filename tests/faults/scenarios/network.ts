import { kafkaRequests, PRODUCE } from "@/tests/faults/world/requests.ts";
import type { Scenario } from "../scenario.ts";
import { WAYS } from "@/tests/faults/world/servers.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

export const NETWORK: Scenario[] = [
  {
    id: "F11",
    title: "the network between services and broker is cut",
    how: "Packets vanish on the way to the broker, on the way back, or both, for shorter and longer than a session.",
    needs: ["kafka"],
    invariants: ["I1", "I4", "I12"],
    harms: ["links"],
    async run({ random, servers, sleep, say }) {
      const stalls = [{ up: true, down: true }, { up: true, down: false }, { up: false, down: true }];
      for (const seconds of [3, 12]) {
        await sleep(1_000);
        const stall = random.pick(stalls);
        const ways = random.chance(0.5) ? WAYS : [random.pick(WAYS)];
        say(
          `nothing passes ${stall.up ? "to" : ""}${stall.up && stall.down ? " and " : ""}${
            stall.down ? "from" : ""
          } the broker for ${ways.join(", ")}`,
        );
        for (const way of ways) servers.toKafka[way].set({ stall });
        await sleep(seconds * 1_000);
        for (const way of ways) servers.toKafka[way].heal();
        say("it passes again");
      }
    },
  },
  {
    id: "F12",
    title: "the answer to a produce request is lost",
    how:
      "The broker stores a batch of the relay and its answer vanishes: the connection is reset, or stays open without a word.",
    needs: ["kafka"],
    invariants: ["I1", "I4"],
    harms: ["links"],
    async run(world) {
      const { random, servers, sleep, say, measure, breach } = world;
      const way = servers.toKafka.web;
      for (const then of ["reset", "reset", "silence", "reset"] as const) {
        const nth = random.int(1, 6);
        const before = way.stats().lost;
        way.lose({ requests: kafkaRequests(PRODUCE), nth, then });
        // After a connection that stays silent the relay needs its patience for a request, and not much more.
        if (await until(world, () => way.stats().lost > before, 25_000)) {
          say(`the answer to produce request ${nth} was lost, then ${then}`);
        } else breach("I12", "the relay did not send for 25 s after an answer was lost", then);
        await sleep(500);
      }
      measure("answers lost", way.stats().lost);
    },
  },
  {
    id: "F13",
    title: "resets, half-open connections and pieces of a few bytes",
    how:
      "Every connection to broker and database is reset again and again, some stay open without a word, and pieces are small.",
    needs: ["kafka"],
    invariants: ["I1", "I12", "I14"],
    harms: ["links"],
    async run({ random, servers, sleep, say, measure }) {
      const proxies = [...Object.values(servers.toKafka), ...Object.values(servers.toDatabase)];
      say("resets");
      for (let times = 0; times < 12; times++) {
        await sleep(random.int(100, 700));
        for (const proxy of proxies) if (random.chance(0.5)) proxy.reset();
      }
      say("pieces of a few bytes");
      for (const proxy of proxies) proxy.set({ slice: random.int(1, 40) });
      await sleep(4_000);
      for (const proxy of proxies) proxy.heal();
      say("half-open, then refused");
      for (const proxy of proxies) proxy.set({ stall: { up: false, down: true } });
      await sleep(3_000);
      for (const proxy of proxies) {
        proxy.set({ refuse: true });
        proxy.reset();
      }
      await sleep(1_500);
      for (const proxy of proxies) proxy.heal();
      say("all passes again");
      await sleep(2_000);
      measure("connections accepted", proxies.reduce((sum, proxy) => sum + proxy.stats().accepted, 0));
      measure("connections open", proxies.reduce((sum, proxy) => sum + proxy.stats().open, 0));
    },
  },
];
