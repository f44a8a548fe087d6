import type { Scenario } from "../scenario.ts";

/** Longer than a silent member stays in its group. */
const BEYOND_SESSION = 13_000;

export const MEMBERS: Scenario[] = [
  {
    id: "F14",
    title: "a consumer sleeps beyond its session and goes on",
    how:
      "SIGSTOP of one of two trend consumers for longer than its session, under load, then SIGCONT: others own its partitions by then.",
    needs: [],
    invariants: ["I6", "I1", "I3"],
    partitions: 6,
    members: [{ name: "trend-2", env: { ROLE: "consumer" } }],
    async run({ random, services, sleep, say, measure }) {
      await sleep(random.int(1_000, 3_000));
      const zombie = random.pick(["trend", "trend-2"]);
      say(`SIGSTOP ${zombie}`);
      services.signal(zombie, "SIGSTOP");
      await sleep(BEYOND_SESSION + random.int(0, 2_000));
      services.signal(zombie, "SIGCONT");
      say(`SIGCONT ${zombie}`);
      await sleep(4_000);
      measure("batches refused to the earlier owner", services.log(zombie).split("no longer owns").length - 1);
    },
  },
];
