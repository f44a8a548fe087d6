import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fetchRequests from "kafkajs/fetch";
import { patchDecoder } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import { followTopic } from "@/tests/support/kafka/follow_topic.ts";
import { BROKERS, type OwnTopics, ownTopics } from "@/tests/support/kafka/kafka_topic.ts";
import { message } from "@/tests/support/samples.ts";

/** Long enough that pauses which double without an end are several seconds by then. */
const AWAY_MS = 7_000;

type Requests = {
  protocol(of: unknown): (asked: unknown) => { response: { decode(bytes: unknown): Promise<unknown> } };
};

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

if (BROKERS.length > 0) {
  describe("a member whose broker is killed", () => {
    let topics: OwnTopics;
    const requests = fetchRequests as Requests;
    let original: Requests["protocol"];
    let isAway = false;
    before(async () => {
      patchDecoder();
      original = requests.protocol;
      requests.protocol = (of) => (asked) => {
        const made = original(of)(asked);
        const away = () => Promise.reject(new Error("connect ECONNREFUSED"));
        return isAway ? { ...made, response: { ...made.response, decode: away } } : made;
      };
      topics = await ownTopics(["t"], 1);
    });
    after(async () => {
      requests.protocol = original;
      await topics.close();
    });

    it("reads on within two seconds once the partition has another leader", async () => {
      await topics.log.append([message("t", "k", "1")]);
      const read = followTopic(topics.log, "t");
      await read.until(1);
      isAway = true;
      // A fetch that is under way still succeeds, and must be over before the next message.
      await pause(1_000);
      await topics.log.append([message("t", "k", "2")]);
      await pause(AWAY_MS);
      isAway = false;
      const from = performance.now();
      expect(await read.until(2)).toEqual(["1", "2"]);
      expect(performance.now() - from).toBeLessThan(2_000);
      await read.stop();
    });
  });
}
