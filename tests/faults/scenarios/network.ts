import { kafkaRequests } from "../requests.ts";
import type { Scenario } from "../scenario.ts";

/** Kafka's number for the request that stores messages. */
const PRODUCE = 0;

export const NETWORK: Scenario[] = [
  {
    id: "F12",
    title: "the answer to a produce request is lost",
    how:
      "The broker stores a batch of the relay and its answer vanishes: the connection is reset, or stays open without a word.",
    needs: ["kafka"],
    invariants: ["I1", "I4"],
    async run({ random, servers, sleep, say, measure }) {
      for (const then of ["reset", "reset", "silence", "reset"] as const) {
        const nth = random.int(2, 8);
        const before = servers.toKafka.web.stats().lost;
        servers.toKafka.web.lose({ requests: kafkaRequests(PRODUCE), nth, then });
        for (let waited = 0; waited < 8_000 && servers.toKafka.web.stats().lost === before; waited += 50) {
          await sleep(50);
        }
        say(`the answer to produce request ${nth} was lost, then ${then}`);
        await sleep(then === "silence" ? 3_000 : 500);
      }
      measure("answers lost", servers.toKafka.web.stats().lost);
    },
  },
];
