import type { Scenario } from "../scenario.ts";

export const STORES: Scenario[] = [
  {
    id: "F6",
    title: "the database is killed during commits",
    how:
      "`kill -9` of the database under load, started again on its data, three times; every log write is flushed at commit.",
    needs: ["database"],
    invariants: ["I1", "I2", "I3", "I5"],
    async run({ random, servers, sleep, say }) {
      for (let times = 0; times < 3; times++) {
        await sleep(random.int(1_000, 3_000));
        say(`kill -9 ${servers.database!.name}`);
        await servers.database!.kill();
        await sleep(random.int(0, 2_000));
        await servers.database!.start();
        say(`${servers.database!.name} is back`);
      }
      await sleep(2_000);
    },
  },
];
