import type { Scenario } from "../scenario.ts";

export const KILLS: Scenario[] = [
  {
    id: "F1",
    title: "a consumer is killed in the middle of its work",
    how:
      "`kill -9` of the trend and the recommendation process at random moments under load, started again after a moment.",
    needs: [],
    invariants: ["I1", "I3", "I4", "I5"],
    async run({ random, services, member, sleep, say }) {
      for (let times = 0; times < 4; times++) {
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
    id: "F3",
    title: "the broker is killed",
    how:
      "`kill -9` of Kafka under load, started again on its data after 1 to 8 seconds, twice; HTTP must go on meanwhile.",
    needs: ["kafka"],
    invariants: ["I1", "I4", "I12", "I16"],
    async run({ random, servers, sleep, say, calls, breach, now }) {
      for (const least of [0, 1]) {
        await sleep(random.int(1_000, 3_000));
        const from = now();
        say("kill -9 kafka");
        await servers.kafka!.kill();
        await sleep(random.int(1_000, least === 0 ? 3_000 : 8_000));
        await servers.kafka!.start();
        say("kafka is back");
        const { from: since, took } = calls.longestSilence();
        if (since + took > from && took > 5_000) {
          breach("I12", "HTTP did not outlive the broker", `${took} ms without a yes`);
        }
      }
      await sleep(2_000);
    },
  },
];
